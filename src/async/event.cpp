#include "async/event.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "async/errc.hpp"

namespace yijuan {

Event::Event(asio::any_io_executor executor)
    : timer_(std::move(executor), asio::steady_timer::time_point::max()) {}

void Event::set() {
  set_ = true;
  timer_.cancel();
}

Task<void> Event::wait() {
  if (set_) co_return Result<void>();
  // Woken by set() or by a cancellation of the task: the task's own state tells which.
  [[maybe_unused]] const auto woken =
      co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
  const auto state = co_await asio::this_coro::cancellation_state;
  if (state.cancelled() != asio::cancellation_type::none) co_return AsyncErrc::cancelled;
  co_return Result<void>();
}

}  // namespace yijuan
