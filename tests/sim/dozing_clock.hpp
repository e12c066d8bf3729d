// The clock of a box's drivers: while nobody is at the box, and its devices are at work or have
// been in trouble for a while, what a driver waits for comes late. A poll that would find nothing
// is not made, so that a night costs no more than an hour; whoever comes wakes the drivers first.
#pragma once

#include <algorithm>
#include <functional>

#include "async/errc.hpp"
#include "async/event.hpp"
#include "async/sim_clock.hpp"
#include "async/with_timeout.hpp"

namespace yijuan::sim {

class DozingClock : public Clock {
 public:
  DozingClock(const asio::any_io_executor& executor, SimClock& clock, std::function<bool()> quiet)
      : clock_(clock), quiet_(std::move(quiet)), someone_(executor) {}

  [[nodiscard]] Instant now() const override { return clock_.now(); }
  Task<void> sleep_until(Instant deadline) override {
    if (awake()) {
      auto slept = co_await clock_.sleep_until(deadline);
      co_return slept;
    }
    someone_.clear();
    const auto longest = std::max(deadline - now(), kDoze);
    auto woken = co_await with_timeout(clock_, longest, someone_.wait());
    if (!woken && woken.error() == make_error_code(AsyncErrc::cancelled)) co_return woken;
    auto slept = co_await clock_.sleep_until(deadline);
    co_return slept;
  }
  /// Something happens at the box.
  void wake() {
    awake_until_ = now() + kStaysAwake;
    restless_until_ = now() + kStaysRestless;
    someone_.set();
  }

 private:
  static constexpr std::chrono::nanoseconds kDoze = std::chrono::minutes(3);
  static constexpr std::chrono::nanoseconds kStaysAwake = std::chrono::seconds(4);

  static constexpr std::chrono::nanoseconds kStaysRestless = std::chrono::seconds(90);

  [[nodiscard]] bool awake() const {
    return now() < awake_until_ || (now() < restless_until_ && !quiet_());
  }

  SimClock& clock_;
  std::function<bool()> quiet_;
  Event someone_;
  Instant awake_until_{}, restless_until_{};
};

}  // namespace yijuan::sim
