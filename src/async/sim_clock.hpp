// Simulated time: whoever drives the loop runs everything that is runnable, then jumps to the next
// deadline. Sleepers wake in order of deadline, then of arrival, one at a time: the same program
// gives the same order every time. For tests and the simulation; one thread.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <utility>

#include "async/clock.hpp"
#include "async/event.hpp"

namespace yijuan {

class SimClock : public Clock {
 public:
  explicit SimClock(asio::io_context& context, Instant start = {})
      : context_(context), now_(start) {}

  [[nodiscard]] Instant now() const override { return now_; }
  Task<void> sleep_until(Instant deadline) override;

  /// Runs until nothing is runnable and nobody sleeps, or `stop` says so (asked after each jump).
  void run(const std::function<bool()>& stop = {});
  /// Runs what happens up to and at `until`, and leaves the clock there; or where `stop`, asked
  /// after each jump, says so.
  void run_until(Instant until, const std::function<bool()>& stop = {});
  void run_for(std::chrono::nanoseconds duration) { run_until(now_ + duration); }
  /// Runs what is runnable now, without a jump.
  void settle();

  [[nodiscard]] std::size_t sleepers() const { return sleepers_.size(); }

 private:
  bool jump(Instant limit);

  asio::io_context& context_;
  Instant now_;
  std::uint64_t arrivals_ = 0;
  std::map<std::pair<Instant, std::uint64_t>, Event*> sleepers_;
};

}  // namespace yijuan
