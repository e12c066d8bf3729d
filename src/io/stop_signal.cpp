#include "io/stop_signal.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>

#include "async/cancellation.hpp"

namespace yijuan {

Task<void> stop_signal() {
  const auto executor = co_await asio::this_coro::executor;
  asio::signal_set signals(executor, SIGTERM, SIGINT);
  // A daemon may be stopped before its tasks took their first step: then no signal will come.
  const bool cancelled = co_await is_cancelled();
  if (cancelled) co_return AsyncErrc::cancelled;
  const auto [error, number] = co_await signals.async_wait(asio::as_tuple(asio::use_awaitable));
  if (error) co_return AsyncErrc::cancelled;
  co_return Result<void>();
}

}  // namespace yijuan
