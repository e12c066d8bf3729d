// A coin acceptor with USB of its own: the cctalk fake behind a CDC-ACM port, which the kernel
// makes a ttyACM of. Its 12 V come by another cable: with USB pulled it goes on taking coins.
#pragma once

#include "drivers/cctalk/fake.hpp"
#include "usb_guest/device.hpp"

namespace yijuan::usb_guest {

class CoinDevice : public Device {
 public:
  explicit CoinDevice(std::uint32_t serial);

  std::optional<Bytes> give(Time now, int endpoint, std::size_t most) override;
  [[nodiscard]] std::optional<Time> due() const override;
  void unplugged() override;
  /// drop ID, accepted (every coin that it took: position:counter:id …), status
  std::optional<std::string> obey(Time now, const std::string& verb,
                                  const std::string& rest) override;

 protected:
  Handshake receive(Time now, BytesView packet) override;
  std::optional<Bytes> class_control(const Setup& setup, BytesView data) override;

 private:
  std::string drop(Time now, const std::string& id);
  [[nodiscard]] std::string accepted() const;
  [[nodiscard]] std::string status() const;

  cctalk_fake::FakeAcceptor acceptor_;
  Bytes line_coding_;  // as the host set it: speed, stop bits, parity, data bits
  Bytes sent_;         // by the acceptor, not yet fetched
};

}  // namespace yijuan::usb_guest
