#include "io/real_clock.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <ctime>

#include "async/cancellation.hpp"

namespace yijuan {

Instant RealClock::now() const {
  timespec time{};
  clock_gettime(CLOCK_BOOTTIME, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

Task<void> RealClock::sleep_until(Instant deadline) {
  const bool too_late = co_await is_cancelled();
  if (too_late) co_return AsyncErrc::cancelled;
  const auto executor = co_await asio::this_coro::executor;
  asio::steady_timer timer(executor);
  // The timer runs on CLOCK_MONOTONIC, which stands still in suspend: look again when it ends.
  for (Instant left = deadline - now(); left > Instant::zero(); left = deadline - now()) {
    timer.expires_after(left);
    const auto [error] = co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
    const bool cancelled = co_await is_cancelled();
    if (error || cancelled) co_return AsyncErrc::cancelled;
  }
  co_return Result<void>();
}

}  // namespace yijuan
