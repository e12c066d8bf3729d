// Where work that blocks runs if not on a thread of its own: a simulation gives one that runs it on
// the loop, at moments of its own choice, so that one seed gives one order of everything.
#pragma once

#include <chrono>
#include <functional>

namespace yijuan {

class Executor {
 public:
  using Job = std::move_only_function<void()>;

  virtual ~Executor() = default;
  /// Runs `job` once, later than this call and not before `delay` has passed. Never dropped: tasks
  /// may wait for what it does.
  virtual void post(Job job, std::chrono::nanoseconds delay) = 0;
  void post(Job job) { post(std::move(job), {}); }
};

}  // namespace yijuan
