#include "drivers/cctalk/note_session.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "async/with_timeout.hpp"
#include "base/log.hpp"
#include "drivers/cctalk/errc.hpp"

namespace yijuan::cctalk {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kPrompt{600};  // five events take longer
constexpr milliseconds kDrainInterval{200};
constexpr int kMostDrainPolls = 30;
constexpr seconds kWatchInterval{10};  // a restart before the first event shows only here
constexpr seconds kFaultInterval{1};
constexpr seconds kAilingLimit{60};  // where nothing but time can tell that it is well again
constexpr milliseconds kSelfCheckPatience{3000};
constexpr milliseconds kRoutePatience{1000};
constexpr std::size_t kEventBytes = 11;

bool may_hold_money(const CashReport& report) {
  return report.lost || report.restarted || report.swapped ||
         std::ranges::any_of(report.events, [](const CashEvent& event) {
           const auto* const back = std::get_if<CashReturned>(&event);
           return back == nullptr || back->from_escrow;
         });
}

}  // namespace

NoteSession::NoteSession(World world, Config config)
    : world_(world), config_(config), interval_(config.poll_interval) {
  for (const NoteRow& row : config_.table) ours_.add(row.position);
}

void NoteSession::tell(std::string_view device, std::string_view code, std::string text) {
  world_.outbox.put(DeviceState{
      .device = std::string(device), .code = std::string(code), .text = std::move(text)});
}

void NoteSession::tell_health() {
  if (told_health_ == health_.code()) return;
  if (health_.good() && mask_.bits == 0) return;  // told as a table mismatch
  if (told_health_.value_or("").empty()) ailing_since_ = world_.clock.now();
  told_health_ = health_.code();
  tell(kNoteDevice, health_.code(), health_.text());
}

Task<void> NoteSession::run() {
  auto up = co_await bring_up();
  if (!up) co_return up;
  while (true) {
    auto routed = co_await route();
    if (!routed) co_return routed;
    auto polled = co_await poll();
    if (!polled) co_return polled;
    auto aligned = co_await align();
    if (!aligned) co_return aligned;
    auto watched = co_await watch();
    if (!watched) co_return watched;
    auto counted = co_await count();
    if (!counted) co_return counted;
    auto slept = co_await nap(interval_);
    if (!slept) co_return slept;
  }
}

Task<void> NoteSession::stop() {
  // Before the first reading is told, inhibiting would only hide what the device knows.
  if (!reconciled_) co_return Result<void>();
  auto inhibited = co_await enable(false);
  if (!inhibited) co_return inhibited;
  if (const auto& held = world_.book.held()) {
    world_.escrow.decide(held->counter, NoteVerdict::give_back, world_.clock.now());
  }
  auto drained = co_await drain();
  if (!drained) co_return drained;
  auto told = co_await world_.outbox.drain();
  co_return told;
}

/// Until something is due: the next poll, the held note, or a wish from outside.
Task<void> NoteSession::nap(std::chrono::nanoseconds longest) {
  const Instant now = world_.clock.now();
  Instant until = now + longest;
  if (const auto next = world_.escrow.next()) until = std::clamp(*next, now, until);
  auto woken = co_await with_timeout(world_.clock, until - now, world_.woken.wait());
  world_.woken.clear();
  if (!woken && woken.error() != AsyncErrc::timed_out) co_return woken;
  co_return Result<void>();
}

Task<CreditBuffer> NoteSession::read_events() {
  auto data =
      co_await world_.link.ask({.header = Header::read_note_events, .reply_size = kEventBytes});
  if (!data) co_return data.error();
  const auto buffer = CreditBuffer::parse(*data);
  if (!buffer) co_return CctalkErrc::bad_reply;
  co_return *buffer;
}

Task<void> NoteSession::poll() {
  auto buffer = co_await read_events();
  if (!buffer) co_return buffer.error();
  const Instant now = world_.clock.now();
  const bool prompt = read_at_ && now - *read_at_ < kPrompt;
  bool kept = true;
  if (world_.book.doubtful(*buffer, prompt)) {
    auto still = co_await inhibits_kept();
    if (!still) co_return still.error();
    kept = *still;
    auto again = co_await read_events();
    if (!again) co_return again.error();
    buffer = again;
  }
  read_at_ = now;
  co_return apply(world_.book.take(*buffer, kept, prompt));
}

Result<void> NoteSession::apply(NoteBook::Taken taken) {
  // A note that is turned away moves the counter too, and must not keep the device from becoming
  // quiet.
  const NoteBook::Told& told = taken.told;
  const bool money = told.held || (told.report && may_hold_money(*told.report));
  equal_readings_ = money ? 0 : equal_readings_ + 1;
  deliver(std::move(taken.told));
  world_.outbox.flush();
  if (!enabled_ && !opening_ && rests()) {
    if (auto quiet = world_.book.become_quiet()) world_.outbox.put(std::move(*quiet));
  }
  switch (taken.verdict) {
    case NoteBook::Verdict::fine:
      return {};
    case NoteBook::Verdict::restarted:
      return CctalkErrc::restarting;
    case NoteBook::Verdict::counter_broken:
      return CctalkErrc::counter_broken;
  }
  return {};
}

void NoteSession::deliver(NoteBook::Told told) {
  for (const RawEvent& event : told.news) health_.event(event);
  if (told.report) {
    // Another life, or another device: a verdict on a note of before is not about one of now.
    if (told.report->restarted || told.report->swapped) world_.escrow.release();
    told.report->heard = world_.clock.now();
    world_.outbox.put(std::move(*told.report));
  }
  if (told.held) {
    told.held->heard = world_.clock.now();
    world_.escrow.hold(told.held->counter, world_.clock.now());
    world_.outbox.put(std::move(*told.held));
  }
  follow_held();
  if (ready_) tell_health();
}

/// The escrow follows the book. Of a note that is not the kiosk's to decide the driver decides.
void NoteSession::follow_held() {
  const auto& held = world_.book.held();
  if (!held) return world_.escrow.release();
  if (held->told) return;
  const Instant now = world_.clock.now();
  const bool take = !config_.escrow && held->amount.has_value();
  if (!world_.escrow.holding()) world_.escrow.hold(held->counter, now);
  world_.escrow.decide(held->counter, take ? NoteVerdict::stack : NoteVerdict::give_back, now);
}

/// Commands what is due for the held note.
Task<void> NoteSession::route() {
  const auto due = world_.escrow.due(world_.clock.now());
  if (due) {
    auto data = co_await world_.link.ask_optional({.header = Header::route_note,
                                                   .data = {static_cast<std::uint8_t>(*due)},
                                                   .patience = kRoutePatience,
                                                   .tries = 2});
    if (!data) co_return data.error();
    world_.escrow.answered(*due, read_route_answer(*data), world_.clock.now());
  }
  if (!world_.escrow.given_up(world_.clock.now())) co_return Result<void>();
  auto report = world_.book.give_up("the device holds it no longer, or does not let go of it");
  if (report) world_.outbox.put(std::move(*report));
  world_.escrow.release();
  co_return Result<void>();
}

/// No note is held or may still be on its way in.
bool NoteSession::rests() const {
  return equal_readings_ >= 2 && !world_.book.held() && world_.clock.now() >= arrived_by_;
}

/// Polls until the device rests.
Task<void> NoteSession::drain() {
  equal_readings_ = 0;
  for (int polls = 0; polls < kMostDrainPolls || world_.book.held(); ++polls) {
    auto routed = co_await route();
    if (!routed) co_return routed;
    auto polled = co_await poll();
    if (!polled || rests()) co_return polled;
    auto slept = co_await nap(kDrainInterval);
    if (!slept) co_return slept;
  }
  co_return Result<void>();
}

Task<void> NoteSession::watch() {
  const Instant now = world_.clock.now();
  if (now - watched_at_ < (health_.good() ? kWatchInterval : kFaultInterval)) {
    co_return Result<void>();
  }
  watched_at_ = now;
  if (!health_.good()) {
    auto checked = co_await self_check();
    if (!checked) co_return checked;
  }
  auto kept = co_await inhibits_kept();
  if (!kept) co_return kept.error();
  if (*kept) co_return Result<void>();
  // The counter did not tell, the inhibits do: the device restarted before its first event.
  auto buffer = co_await read_events();
  if (!buffer) co_return buffer.error();
  co_return apply(world_.book.take(*buffer, false, false));
}

Task<void> NoteSession::self_check() {
  if (checks_itself_) {
    auto data = co_await world_.link.ask_optional(
        {.header = Header::self_check, .patience = kSelfCheckPatience, .tries = 2});
    if (!data) co_return data.error();
    checks_itself_ = data->has_value();
    if (checks_itself_) {
      health_.self_check((*data)->empty() ? 0 : (**data)[0], self_check_text(**data));
    }
  }
  const bool long_enough = world_.clock.now() - ailing_since_ >= kAilingLimit;
  if (!checks_itself_ && told_health_ && long_enough) health_.forget();
  if (ready_) tell_health();
  co_return Result<void>();
}

}  // namespace yijuan::cctalk
