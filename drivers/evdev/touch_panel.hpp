// A touch panel of the Linux input layer, or a pipe into which somebody writes input events.
#pragma once

#include <optional>
#include <string>

#include "drivers/evdev/touch_decoder.hpp"
#include "io/input_device.hpp"
#include "ports/driver.hpp"
#include "ports/touch.hpp"

namespace yijuan::evdev {

struct PanelSettings {
  std::string path;  // "/dev/input/…", or a FIFO
  Mapping mapping;
  // Where not given, the device tells its ranges; a pipe's are the display's pixels.
  std::optional<AxisRange> x, y;
};

class TouchPanel : public Touch {
 public:
  TouchPanel(PanelSettings settings, DriverContext context, Taps& taps, DeviceFacts& facts)
      : settings_(std::move(settings)),
        executor_(std::move(context.executor)),
        clock_(context.clock),
        taps_(taps),
        news_(executor_, clock_, "touch", facts) {}

  Task<void> run() override;

 private:
  [[nodiscard]] Mapping mapping_of(int device) const;
  Task<void> keep_reading();
  Task<void> read_all(InputDevice& device);
  void take(const InputEvents& read, TouchDecoder& decoder);
  void deliver(Tap tap);

  PanelSettings settings_;
  asio::any_io_executor executor_;
  Clock& clock_;
  Taps& taps_;
  DeviceNews news_;
  bool worked_ = false;  // events came since the last opening
};

}  // namespace yijuan::evdev
