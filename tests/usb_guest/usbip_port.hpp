// A port of the kernel's virtual host controller (vhci-hcd) and the cable in it: hands one end of a
// socket pair to the kernel and speaks USB/IP on the other (Documentation/usb/usbip_protocol.rst,
// URB commands). No network and no usbip tool takes part.
//
// Invariant: an URB is answered once. A cancelled one is handed back with the bytes that the device
// had taken, before the cancellation is confirmed: else the kernel would tell libusb 0.
#pragma once

#include <cstdint>
#include <deque>

#include "io/descriptor.hpp"
#include "usb_guest/device.hpp"

namespace yijuan::usb_guest {

class UsbIpPort {
 public:
  /// `number` is a high-speed port of vhci_hcd.0, 0 to 7. The device outlives the port.
  UsbIpPort(int number, Device& device) : number_(number), device_(device) {}

  /// Throws std::system_error if the kernel does not take it.
  void plug();
  void unplug();
  [[nodiscard]] bool plugged() const { return socket_.valid(); }
  /// To be watched for input; -1 while unplugged.
  [[nodiscard]] int descriptor() const { return socket_.get(); }
  /// Reads one request of the kernel. To be called when the descriptor has input.
  void hear();
  /// Lets the device work on what is pending.
  void serve(Time now);

 private:
  struct Urb {
    std::uint32_t number = 0;
    int endpoint = 0;  // with 0x80: to the host
    std::size_t length = 0;
    Bytes data;
    std::size_t taken = 0;
  };
  enum class Progress { waiting, answered, gone };

  void hear_submit(const Bytes& header);
  void hear_unlink(const Bytes& header);
  Progress advance(Time now, Urb& urb);
  Progress take(Time now, Urb& urb);
  void answer(std::uint32_t urb, int status, std::size_t length, BytesView data = {});
  bool read_whole(std::span<std::uint8_t> bytes);
  void write_whole(const Bytes& bytes);

  int number_;
  Device& device_;
  Descriptor socket_;
  std::deque<Urb> pending_;
};

}  // namespace yijuan::usb_guest
