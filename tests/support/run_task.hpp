// Runs one task to its end, for tests: on real time, or on a SimClock's.
#pragma once

#include <boost/asio/io_context.hpp>
#include <optional>

#include "async/sim_clock.hpp"
#include "async/task_group.hpp"
#include "base/assert.hpp"

namespace yijuan::test {
namespace detail {

template <class T>
Task<void> store(Task<T> task, std::optional<Result<T>>& into) {
  auto result = co_await std::move(task);
  into.emplace(std::move(result));
  co_return Result<void>();
}

}  // namespace detail

/// Runs the loop until `task` ends. Other tasks of the loop may still run then.
template <class T>
Result<T> run_task(asio::io_context& context, Task<T> task) {
  std::optional<Result<T>> result;
  TaskGroup group(context.get_executor(), {});
  group.spawn("run_task", detail::store(std::move(task), result));
  context.restart();
  while (!group.empty() && context.run_one() > 0) {
  }
  YIJUAN_ASSERT(result.has_value(), "the task waits for something that cannot come");
  return std::move(*result);
}

/// As above, in simulated time.
template <class T>
Result<T> run_task(asio::io_context& context, SimClock& clock, Task<T> task) {
  std::optional<Result<T>> result;
  TaskGroup group(context.get_executor(), {});
  group.spawn("run_task", detail::store(std::move(task), result));
  clock.run([&group] { return group.empty(); });
  YIJUAN_ASSERT(result.has_value(), "the task waits for something that cannot come");
  return std::move(*result);
}

}  // namespace yijuan::test
