#include "async/event.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "async/cancellation.hpp"
#include "async/errc.hpp"

namespace yijuan {

Event::Event(const asio::any_io_executor& executor)
    : timer_(executor, asio::steady_timer::time_point::max()) {}

void Event::set() {
  set_ = true;
  timer_.cancel();
}

Task<void> Event::wait() {
  // Asio signals a cancellation once: a wait that begins after it would never end.
  const bool too_late = co_await is_cancelled();
  if (too_late) co_return AsyncErrc::cancelled;
  if (set_) co_return Result<void>();
  // Woken by set() or by a cancellation of the task: the task's own state tells which.
  [[maybe_unused]] const auto woken =
      co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
  const bool cancelled = co_await is_cancelled();
  if (cancelled) co_return AsyncErrc::cancelled;
  co_return Result<void>();
}

asio::awaitable<void> Event::wait_shielded() {
  while (!set_) {
    [[maybe_unused]] const auto woken = co_await timer_.async_wait(asio::bind_cancellation_slot(
        asio::cancellation_slot(), asio::as_tuple(asio::use_awaitable)));
  }
}

}  // namespace yijuan
