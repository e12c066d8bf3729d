// A touch panel of the Linux input layer, or a pipe into which somebody writes input events.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <optional>
#include <string>

#include "async/clock.hpp"
#include "drivers/evdev/touch_decoder.hpp"
#include "io/descriptor.hpp"
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
  TouchPanel(PanelSettings settings, asio::any_io_executor executor, Clock& clock, Taps& taps)
      : settings_(std::move(settings)),
        executor_(std::move(executor)),
        clock_(clock),
        taps_(taps) {}

  Task<void> run() override;

 private:
  Result<Descriptor> open() const;
  [[nodiscard]] Mapping mapping_of(int device) const;
  Task<void> read_all(Descriptor device);
  void deliver(Tap tap);

  PanelSettings settings_;
  asio::any_io_executor executor_;
  Clock& clock_;
  Taps& taps_;
  bool worked_ = false;  // events came since the last opening
};

}  // namespace yijuan::evdev
