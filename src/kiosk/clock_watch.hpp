// Notices when the wall clock jumped against the monotonic one by more than 2 s, or became better
// or worse: such a step is itself an entry.
#pragma once

#include <optional>

#include "ports/wall_clock.hpp"
#include "tlog/entry.hpp"

namespace yijuan::kiosk {

class ClockWatch {
 public:
  /// Takes a reading; the step since the one before, if there was one.
  std::optional<tlog::ClockStep> look(const WallReading& now, Uptime up);

 private:
  struct Last {
    WallReading reading;
    Uptime up{};
  };
  std::optional<Last> last_;
};

}  // namespace yijuan::kiosk
