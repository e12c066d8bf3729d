// Limits on how long a task may take.
//
// with_timeout: the task is cancelled when `limit` has passed, or when the caller is; either way
// it is waited for, so what it refers to may live in the caller's frame. What it finished is never
// thrown away: a result that came in the same turn as the deadline wins, so an item taken from a
// queue cannot be lost. shield: for clean-up of devices; the caller's cancellation does not reach
// the task, only its own deadline does.
#pragma once

#include "async/cancellation.hpp"
#include "async/clock.hpp"

namespace yijuan {
namespace detail {

/// Cancels `child` at `deadline`; ends with an error if it was itself cancelled first.
template <class T>
Task<void> cancel_at(Clock& clock, Instant deadline, std::shared_ptr<Child<T>> child) {
  auto slept = co_await clock.sleep_until(deadline);
  if (slept) {
    const auto executor = co_await asio::this_coro::executor;
    child->cancel(executor);
  }
  co_return slept;
}

/// Ends with the task, or with AsyncErrc::timed_out where it failed after `limit`.
template <class T>
Task<T> run_limited(Clock& clock, std::chrono::nanoseconds limit, Task<T> task, bool shielded) {
  const auto executor = co_await asio::this_coro::executor;
  const Instant deadline = clock.now() + limit;
  const auto child = start_child(executor, std::move(task));
  const auto watch = start_child(executor, cancel_at(clock, deadline, child));
  if (!shielded) {
    auto waited = co_await child->ended.wait();
    if (!waited) child->cancel(executor);
  }
  co_await child->ended.wait_shielded();
  watch->cancel(executor);
  co_await watch->ended.wait_shielded();
  const bool late = watch->result->has_value();
  if (late && !child->result->has_value()) co_return AsyncErrc::timed_out;
  co_return std::move(*child->result);
}

}  // namespace detail

/// AsyncErrc::timed_out if `task` failed because, or after, `limit` had passed.
template <class T>
Task<T> with_timeout(Clock& clock, std::chrono::nanoseconds limit, Task<T> task) {
  const bool cancelled = co_await is_cancelled();
  if (cancelled) co_return AsyncErrc::cancelled;
  auto result = co_await detail::run_limited(clock, limit, std::move(task), false);
  co_return result;
}

/// Runs `task` to its end, or to `limit`, also if the caller was or is cancelled.
template <class T>
Task<T> shield(Clock& clock, std::chrono::nanoseconds limit, Task<T> task) {
  return detail::run_limited(clock, limit, std::move(task), true);
}

}  // namespace yijuan
