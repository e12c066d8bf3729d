// Another program that has the interface of a USB device, as a print server might: kioskd must say
// so and wait. Claimed through usbfs, as libusb does.
#pragma once

#include <string>

namespace yijuan::usb_guest {

class ClaimedInterface {
 public:
  /// The first interface of the device at `port` ("1-2"), taken from the driver that has it.
  /// Throws std::system_error.
  explicit ClaimedInterface(const std::string& port);
  ~ClaimedInterface();
  ClaimedInterface(const ClaimedInterface&) = delete;
  ClaimedInterface& operator=(const ClaimedInterface&) = delete;

 private:
  int device_;
};

}  // namespace yijuan::usb_guest
