#include "async/sim_clock.hpp"

#include <algorithm>

#include "async/cancellation.hpp"

namespace yijuan {

Task<void> SimClock::sleep_until(Instant deadline) {
  const bool cancelled = co_await is_cancelled();
  if (cancelled) co_return AsyncErrc::cancelled;
  if (deadline <= now_) co_return Result<void>();
  const auto executor = co_await asio::this_coro::executor;
  Event due(executor);
  const std::pair key(deadline, arrivals_++);
  sleepers_.emplace(key, &due);
  auto waited = co_await due.wait();
  sleepers_.erase(key);  // already gone unless cancelled
  co_return waited;
}

void SimClock::settle() {
  do {
    context_.restart();
  } while (context_.poll() > 0);
}

bool SimClock::jump(Instant limit) {
  if (sleepers_.empty()) return false;
  const auto first = sleepers_.begin();
  if (first->first.first > limit) return false;
  now_ = std::max(now_, first->first.first);
  Event* due = first->second;
  sleepers_.erase(first);
  due->set();
  settle();
  return true;
}

void SimClock::run(const std::function<bool()>& stop) {
  settle();
  while (!(stop && stop()) && jump(Instant::max())) {
  }
}

void SimClock::run_until(Instant until, const std::function<bool()>& stop) {
  settle();
  while (jump(until)) {
    if (stop && stop()) return;
  }
  now_ = std::max(now_, until);
}

}  // namespace yijuan
