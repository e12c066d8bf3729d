// How tasks end early, the same in every daemon.
//
// A task that is cancelled sees AsyncErrc::cancelled from the wait that it is in, and from every
// wait that it begins afterwards: waits of this tree look at the task's state first. Asio's own
// way, an exception from the next co_await, is switched off at the root of every task (here and in
// TaskGroup), since it would skip clean-up such as inhibiting a coin acceptor. So a raw Asio
// operation must be preceded by is_cancelled(), or a cancellation that came in the same turn of
// the loop as the previous success goes unseen until the next timeout.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <exception>
#include <memory>
#include <optional>

#include "async/errc.hpp"
#include "async/event.hpp"
#include "async/task.hpp"

namespace yijuan {

/// Whether the calling task was cancelled.
asio::awaitable<bool> is_cancelled();

namespace detail {

/// A library's "operation aborted" is a cancellation; any other exception that got this far is a
/// bug: logs it and aborts.
Error error_of_exception(const std::exception_ptr& exception);
/// Completion handler of a root, which handles its exceptions itself. Keeps `owner` alive.
struct RootEnded {
  std::shared_ptr<void> owner;
  void operator()(const std::exception_ptr& exception) const;
};

/// What cancels one spawned task.
struct Canceller : std::enable_shared_from_this<Canceller> {
  asio::cancellation_signal signal;
  bool begun = false;   // the task's root has taken its first step
  bool wanted = false;  // cancelled before that

  /// At once on the loop. From outside it is posted, holding this object: co_spawn's own handler
  /// would post a pointer into it, which dangles if the task ends first. A root that has not begun
  /// would throw instead of starting cancelled: it is told when it begins.
  void cancel(const asio::any_io_executor& executor);
};

/// For the root of a task: no exceptions on cancellation; lets the spawner finish its turn first.
asio::awaitable<void> begin_root(Canceller& canceller);

/// A task that another one runs beside itself and waits for.
template <class T>
struct Child : Canceller {
  explicit Child(const asio::any_io_executor& executor) : ended(executor) {}

  Event ended;
  std::optional<Result<T>> result;
};

template <class T>
asio::awaitable<void> run_child(std::shared_ptr<Child<T>> child, Task<T> task) {
  co_await begin_root(*child);
  try {
    auto result = co_await std::move(task);
    child->result.emplace(std::move(result));
  } catch (...) {
    child->result.emplace(error_of_exception(std::current_exception()));
  }
  child->ended.set();
}

/// Starts `task`; its first step runs in a later turn of the loop.
template <class T>
std::shared_ptr<Child<T>> start_child(const asio::any_io_executor& executor, Task<T> task) {
  auto child = std::make_shared<Child<T>>(executor);
  asio::co_spawn(executor, run_child(child, std::move(task)),
                 asio::bind_cancellation_slot(child->signal.slot(), RootEnded{child}));
  return child;
}

}  // namespace detail
}  // namespace yijuan
