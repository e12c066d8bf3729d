// Time for tasks: a monotonic clock and waiting on it. RealClock (io/) waits for real; SimClock
// (async/sim_clock.hpp) jumps to the next deadline when nothing is runnable. Wall-clock time is
// another thing: ports/wall_clock.hpp.
#pragma once

#include <chrono>

#include "async/task.hpp"

namespace yijuan {

/// Time since the machine started (CLOCK_BOOTTIME for RealClock).
using Instant = std::chrono::nanoseconds;

class Clock {
 public:
  virtual ~Clock() = default;

  [[nodiscard]] virtual Instant now() const = 0;
  /// Resumes at or after `deadline`. AsyncErrc::cancelled if cancelled first.
  virtual Task<void> sleep_until(Instant deadline) = 0;
  Task<void> sleep_for(std::chrono::nanoseconds duration) { return sleep_until(now() + duration); }
};

}  // namespace yijuan
