#include "kiosk/clock_watch.hpp"

namespace yijuan::kiosk {

std::optional<tlog::ClockStep> ClockWatch::look(const WallReading& now, Uptime up) {
  std::optional<tlog::ClockStep> step;
  if (last_) {
    const WallTime expected = last_->reading.time + (up - last_->up);
    const auto jump = std::chrono::abs(now.time - expected);
    if (jump > std::chrono::seconds(2) || now.quality != last_->reading.quality) {
      step = tlog::ClockStep{expected, now.time, last_->reading.quality};
    }
  }
  last_ = Last{now, up};
  return step;
}

}  // namespace yijuan::kiosk
