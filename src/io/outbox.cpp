#include "io/outbox.hpp"

namespace yijuan {
namespace {

// Coins refused while inhibited come without end if the queue stays full; they are no money.
constexpr std::size_t kMostHeldEvents = 64;

bool may_drop(const CashEvent& event) {
  const auto* const back = std::get_if<CashReturned>(&event);
  return back != nullptr && back->returned && !back->alarm && !back->from_escrow;
}

}  // namespace

bool Outbox::merge(const DeviceFact& fact) {
  if (waiting_.empty()) return false;
  auto* const held = std::get_if<CashReport>(&waiting_.back());
  const auto* const later = std::get_if<CashReport>(&fact);
  if (held == nullptr || later == nullptr) return false;
  // A loss stands before the events of its report; merging would move it.
  if (later->lost || later->restarted || later->swapped) return false;
  if (later->mark.serial != held->mark.serial) return false;
  for (const CashEvent& event : later->events) {
    if (held->events.size() < kMostHeldEvents || !may_drop(event)) held->events.push_back(event);
  }
  held->mark = later->mark;
  return true;
}

void Outbox::put(DeviceFact fact) {
  flush();
  if (!merge(fact)) waiting_.push_back(std::move(fact));
  flush();
}

void Outbox::flush() {
  while (!waiting_.empty() && facts_.try_push(std::move(waiting_.front()))) waiting_.pop_front();
}

Task<void> Outbox::drain() {
  while (!waiting_.empty()) {
    // A copy goes in: a cancelled push leaves the fact here, where the next try finds it.
    auto pushed = co_await facts_.push(waiting_.front());
    if (!pushed) co_return pushed;
    waiting_.pop_front();
  }
  co_return Result<void>();
}

}  // namespace yijuan
