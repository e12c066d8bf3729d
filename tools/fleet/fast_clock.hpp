// Time that runs a whole number of times faster than the real one: for pauses, never for the time
// that a machine needs (a request's timeout).
#pragma once

#include "async/clock.hpp"

namespace yijuan::fleet {

class FastClock : public Clock {
 public:
  FastClock(Clock& real, unsigned times) : real_(real), times_(times), begin_(real.now()) {}

  [[nodiscard]] Instant now() const override { return begin_ + (real_.now() - begin_) * times_; }
  Task<void> sleep_until(Instant deadline) override {
    return real_.sleep_until(begin_ + (deadline - begin_) / times_ + Instant(1));
  }

 private:
  Clock& real_;
  unsigned times_;
  Instant begin_;
};

}  // namespace yijuan::fleet
