#include "drivers/cctalk/acceptor_session.hpp"

#include <algorithm>

#include "async/cancellation.hpp"
#include "base/log.hpp"
#include "drivers/cctalk/errc.hpp"

namespace yijuan::cctalk {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr milliseconds kPrompt{600};  // five coins take longer to pass
constexpr milliseconds kDrainInterval{200};
constexpr int kMostDrainPolls = 15;
constexpr seconds kWatchInterval{10};  // a restart before the first event shows only here
constexpr seconds kFaultInterval{1};
constexpr minutes kCountInterval{10};
constexpr int kCountTries = 2;
constexpr std::size_t kCreditBytes = 11;

bool may_hold_money(const CashReport& report) {
  return report.lost || report.restarted ||
         std::ranges::any_of(report.events, [](const auto& event) {
           return std::holds_alternative<CashAccepted>(event);
         });
}

bool is_hardware(const CashEvent& event) {
  const auto* const back = std::get_if<CashReturned>(&event);
  return back != nullptr && error_code(back->code).kind == ErrorClass::hardware;
}

}  // namespace

AcceptorSession::AcceptorSession(World world, const CoinTable& table, milliseconds poll_interval)
    : world_(world), table_(table), interval_(poll_interval) {
  for (const CoinRow& row : table_) ours_.add(row.position);
}

void AcceptorSession::tell(std::string_view device, std::string_view code, std::string text) {
  world_.outbox.put(DeviceState{
      .device = std::string(device), .code = std::string(code), .text = std::move(text)});
}

Task<void> AcceptorSession::run() {
  auto up = co_await bring_up();
  if (!up) co_return up;
  Instant next = world_.clock.now();
  while (true) {
    auto polled = co_await poll();
    if (!polled) co_return polled;
    auto aligned = co_await align();
    if (!aligned) co_return aligned;
    auto watched = co_await watch();
    if (!watched) co_return watched;
    next = std::max(next + interval_, world_.clock.now());
    auto slept = co_await world_.clock.sleep_until(next);
    if (!slept) co_return slept;
  }
}

Task<void> AcceptorSession::stop() {
  // Before the first reading is told, inhibiting would only hide what the device knows.
  if (!reconciled_) co_return Result<void>();
  auto inhibited = co_await enable(false);
  if (!inhibited) co_return inhibited;
  auto drained = co_await drain();
  if (!drained) co_return drained;
  // For the audit, if it is quick to say: the slot is shut, and that is what counts.
  auto counted = co_await count(1);
  if (!counted) log_debug("cctalk", "its counters: " + counted.error().message());
  auto told = co_await world_.outbox.drain();
  co_return told;
}

Task<CreditBuffer> AcceptorSession::read_credits() {
  auto data =
      co_await world_.link.ask({.header = Header::read_credits, .reply_size = kCreditBytes});
  if (!data) co_return data.error();
  const auto buffer = CreditBuffer::parse(*data);
  if (!buffer) co_return CctalkErrc::bad_reply;
  co_return *buffer;
}

Task<void> AcceptorSession::poll() {
  auto buffer = co_await read_credits();
  if (!buffer) co_return buffer.error();
  const Instant now = world_.clock.now();
  const bool prompt = read_at_ && now - *read_at_ < kPrompt;
  bool kept = true;
  if (world_.book.doubtful(*buffer, prompt)) {
    auto still = co_await inhibits_kept();
    if (!still) co_return still.error();
    kept = *still;
    auto again = co_await read_credits();
    if (!again) co_return again.error();
    buffer = again;
  }
  read_at_ = now;
  co_return apply(world_.book.take(*buffer, kept, prompt));
}

Result<void> AcceptorSession::apply(EventBook::Taken taken) {
  // A coin that is turned away moves the counter too: a queue at a shut slot must not keep the
  // device from becoming quiet.
  equal_readings_ = taken.report && may_hold_money(*taken.report) ? 0 : equal_readings_ + 1;
  if (taken.report) {
    note_faults(*taken.report);
    taken.report->heard = world_.clock.now();
    world_.outbox.put(std::move(*taken.report));
  }
  world_.outbox.flush();
  if (!enabled_ && !opening_ && equal_readings_ >= 2) {
    if (auto quiet = world_.book.become_quiet()) world_.outbox.put(std::move(*quiet));
  }
  switch (taken.verdict) {
    case EventBook::Verdict::fine:
      return {};
    case EventBook::Verdict::restarted:
      return CctalkErrc::restarting;
    case EventBook::Verdict::counter_broken:
      return CctalkErrc::counter_broken;
  }
  return {};
}

Task<void> AcceptorSession::drain() {
  equal_readings_ = 0;
  for (int polls = 0; polls < kMostDrainPolls && equal_readings_ < 2; ++polls) {
    auto polled = co_await poll();
    if (!polled) co_return polled;
    auto slept = co_await world_.clock.sleep_for(kDrainInterval);
    if (!slept) co_return slept;
  }
  co_return Result<void>();
}

void AcceptorSession::note_faults(const CashReport& report) {
  for (const CashEvent& event : report.events) {
    if (!is_hardware(event) || faulty_) continue;
    faulty_ = true;
    watched_at_ = world_.clock.now();
    tell_fault(std::get<CashReturned>(event).text);
  }
}

Task<void> AcceptorSession::watch() {
  const auto wait = faulty_ ? kFaultInterval : kWatchInterval;
  if (world_.clock.now() - watched_at_ < wait) co_return Result<void>();
  watched_at_ = world_.clock.now();
  if (faulty_) {
    auto checked = co_await self_check();
    if (!checked) co_return checked;
  }
  auto kept = co_await inhibits_kept();
  if (!kept) co_return kept.error();
  if (*kept) {
    if (world_.clock.now() - *counted_at_ < kCountInterval) co_return Result<void>();
    auto counted = co_await count(kCountTries);
    co_return counted;
  }
  // The counter did not tell, the inhibits do: the device restarted before its first event.
  auto buffer = co_await read_credits();
  if (!buffer) co_return buffer.error();
  co_return apply(world_.book.take(*buffer, false, false));
}

}  // namespace yijuan::cctalk
