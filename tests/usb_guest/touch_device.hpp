// A touch panel: a HID digitizer for one finger, which the kernel makes an input device of. Its
// axes go from 0 to 4095, whatever the display has.
#pragma once

#include <deque>

#include "usb_guest/device.hpp"

namespace yijuan::usb_guest {

class TouchDevice : public Device {
 public:
  TouchDevice();

  std::optional<Bytes> give(Time now, int endpoint, std::size_t most) override;
  void unplugged() override { reports_.clear(); }
  /// tap X Y, in thousandths of the panel
  std::optional<std::string> obey(Time now, const std::string& verb,
                                  const std::string& rest) override;

 protected:
  Handshake receive(Time now, BytesView packet) override;
  std::optional<Bytes> class_control(const Setup& setup, BytesView data) override;

 private:
  std::deque<Bytes> reports_;
};

}  // namespace yijuan::usb_guest
