// A class-7 printer: the escpos fake behind two bulk endpoints and the three class requests. It
// takes a packet only whole, and answers NAK when its buffer has no room for one.
#pragma once

#include <filesystem>

#include "drivers/escpos/fake.hpp"
#include "usb_guest/device.hpp"

namespace yijuan::usb_guest {

class PrinterDevice : public Device {
 public:
  struct Make {
    int vendor = 0;
    int product = 0;
    std::string model;   // of the IEEE 1284 id
    std::string serial;  // empty: it has none, as many
    int out = 0x01;
    int in = 0x82;
    std::size_t buffer = 4096;
    std::filesystem::path slips;  // cut slips go here as NNNN.txt and NNNN.bin
  };

  explicit PrinterDevice(const Make& make);

  std::optional<Bytes> give(Time now, int endpoint, std::size_t most) override;
  void unplugged() override;
  /// paper-out, paper-in, paper-ends-after DOTS, cover-open, cover-close, status
  std::optional<std::string> obey(Time now, const std::string& verb,
                                  const std::string& rest) override;

 protected:
  Handshake receive(Time now, BytesView packet) override;
  std::optional<Bytes> class_control(const Setup& setup, BytesView data) override;

 private:
  void keep(const escpos_fake::Slip& slip) const;
  [[nodiscard]] std::string status() const;

  Make make_;
  escpos_fake::Printer printer_;
  Bytes answers_;
  bool paper_ = true;
  int questions_ = 0;  // GET_PORT_STATUS heard
  int resets_ = 0;     // SOFT_RESET heard
};

}  // namespace yijuan::usb_guest
