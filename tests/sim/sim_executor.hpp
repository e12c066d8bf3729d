// The blocking work of one process, on the loop: each piece takes as long as the storage under it
// does just now. In order, as on a thread.
#pragma once

#include "async/executor.hpp"
#include "async/sim_clock.hpp"
#include "async/task_group.hpp"

namespace yijuan::sim {

class SimExecutor : public Executor {
 public:
  /// How long the next piece takes.
  using Latency = std::function<std::chrono::nanoseconds()>;

  SimExecutor(const asio::any_io_executor& executor, SimClock& clock, Latency latency)
      : clock_(clock), latency_(std::move(latency)), jobs_(executor, {}) {}

  using Executor::post;
  void post(Job job, std::chrono::nanoseconds delay) override {
    Instant due = clock_.now() + delay + latency_();
    if (delay == std::chrono::nanoseconds::zero()) due = last_ = std::max(last_, due);
    jobs_.spawn("job", run(std::move(job), due));
  }
  /// Nothing waits to be run.
  [[nodiscard]] bool idle() const { return jobs_.empty(); }
  /// What waits is run now.
  void hurry() { jobs_.cancel(); }

 private:
  Task<void> run(Job job, Instant due) {
    auto slept = co_await clock_.sleep_until(due);
    job();
    co_return slept;
  }

  SimClock& clock_;
  Latency latency_;
  Instant last_{};
  TaskGroup jobs_;
};

}  // namespace yijuan::sim
