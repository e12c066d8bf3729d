// The machine's own time: CLOCK_BOOTTIME, which no one can set and which goes on in suspend.
#pragma once

#include <boost/asio/any_io_executor.hpp>

#include "async/clock.hpp"

namespace yijuan {

class RealClock : public Clock {
 public:
  [[nodiscard]] Instant now() const override;
  Task<void> sleep_until(Instant deadline) override;
};

}  // namespace yijuan
