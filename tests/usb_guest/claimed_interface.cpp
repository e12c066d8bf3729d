#include "usb_guest/claimed_interface.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/usbdevice_fs.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <system_error>

namespace yijuan::usb_guest {
namespace {

int number_in(const std::string& port, const char* name) {
  std::ifstream file(fmt::format("/sys/bus/usb/devices/{}/{}", port, name));
  int number = 0;
  file >> number;
  return number;
}

}  // namespace

ClaimedInterface::ClaimedInterface(const std::string& port)
    : device_(::open(fmt::format("/dev/bus/usb/{:03}/{:03}", number_in(port, "busnum"),
                                 number_in(port, "devnum"))
                         .c_str(),
                     O_RDWR | O_CLOEXEC)) {
  usbdevfs_disconnect_claim claim{};
  if (device_ >= 0 && ::ioctl(device_, USBDEVFS_DISCONNECT_CLAIM, &claim) >= 0) return;
  const int why = errno;
  if (device_ >= 0) ::close(device_);
  throw std::system_error(why, std::generic_category(), port);
}

ClaimedInterface::~ClaimedInterface() {
  ::close(device_);
}

}  // namespace yijuan::usb_guest
