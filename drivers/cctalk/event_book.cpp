#include "drivers/cctalk/event_book.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace yijuan::cctalk {
namespace {

constexpr RawEvent kNull{};
constexpr int kUnspecifiedAlarm = 255;

/// A null event is real only as the first after power-up, which some devices make up.
bool has_hole(const NewEvents& found) {
  return std::ranges::any_of(found.events, [](const CountedEvent& counted) {
    return counted.event == kNull && counted.counter != 1;
  });
}

bool has_coin(const NewEvents& found) {
  return std::ranges::any_of(found.events,
                             [](const CountedEvent& counted) { return counted.event.a != 0; });
}

bool has_inhibited_coin(const NewEvents& found) {
  return std::ranges::any_of(found.events, [](const CountedEvent& counted) {
    return counted.event.a == 0 && is_inhibited_coin(counted.event.b);
  });
}

CashReturned returned(int code) {
  const ErrorCode error = error_code(code);
  return {.code = code,
          .text = std::string(error.name),
          .returned = error.back == PieceBack::yes,
          .alarm = error.kind == ErrorClass::fraud || error.kind == ErrorClass::hardware ||
                   code == kUnspecifiedAlarm};
}

}  // namespace

EventBook::EventBook(CoinTable table, std::optional<CounterMark> mark)
    : table_(std::move(table)), mark_(std::move(mark)) {
  for (const CoinRow& each : table_) trusted_.add(each.position);
}

const CoinRow* EventBook::row(int position) const {
  const auto found = std::ranges::find(table_, position, &CoinRow::position);
  return found != table_.end() && trusted_.has(position) ? &*found : nullptr;
}

CashReport EventBook::adopt(const CreditBuffer& buffer, bool restarted) {
  mark_->counter = buffer.counter;
  seen_ = buffer;
  return {.mark = *mark_, .events = {}, .lost = std::nullopt, .restarted = restarted};
}

void EventBook::learn(const NewEvents& found, const CreditBuffer& buffer) {
  const int count = static_cast<int>(found.events.size()) + found.lost;
  const bool five = count == CreditBuffer::kSlots;
  if (count != 0 && (!five || (seen_ && !continues(*seen_, buffer, 1)))) counts_truly_ = true;
}

CashReport EventBook::credit(const NewEvents& found, const CreditBuffer& buffer) {
  learn(found, buffer);
  CashReport report;
  int lost = found.lost;
  for (const auto& [counter, event] : found.events) {
    if (event.a == 0) {
      if (event.b != 0) report.events.emplace_back(returned(event.b));
    } else if (const CoinRow* coin = row(event.a)) {
      report.events.emplace_back(
          CashAccepted{.counter = counter, .position = event.a, .amount = coin->amount});
    } else {
      // In the box, but worth we do not know what: counted as lost, never as money.
      ++lost;
      report.events.emplace_back(CashReturned{
          .code = 0,
          .text = fmt::format("took a coin at position {}, which is not in the table", event.a),
          .returned = false,
          .alarm = true});
    }
  }
  mark_->counter = buffer.counter;
  seen_ = buffer;
  report.mark = *mark_;
  if (lost > 0) report.lost = static_cast<std::uint32_t>(lost);
  return report;
}

CashReport EventBook::reconcile(std::string serial, const CreditBuffer& buffer, bool kept,
                                bool open) {
  const bool known = mark_ && mark_->serial == serial;
  const bool nothing_missing = !mark_ || mark_->quiet;
  if (!known) {
    // Another device than the mark's, or a used one that nobody knows: what was taken before this
    // reading, by either, is not known.
    const bool swapped = mark_ ? !nothing_missing : !buffer.moneyless();
    seen_.reset();
    counts_truly_ = false;
    mark_ =
        CounterMark{.device = std::string(kDeviceName), .serial = std::move(serial), .counter = 0};
    mark_->quiet = !open;
    CashReport report = adopt(buffer, false);
    report.swapped = swapped;
    return report;
  }
  NewEvents found = new_events(buffer, mark_->counter);
  mark_->quiet = !open;
  // Whoever finds the inhibits gone looks at another life of the device: its counter began again
  // at 0, and a difference to ours means nothing.
  if (!kept || found.restarted || has_hole(found)) return adopt(buffer, !nothing_missing);
  // Since a quiet mark, and still inhibited: what the device no longer tells were refusals. Unless
  // coins came since: the device was opened, and the mark that says so never became durable.
  if (nothing_missing && !open && !has_coin(found)) found.lost = 0;
  return credit(found, buffer);
}

bool EventBook::is_broken(const CreditBuffer& buffer, bool prompt) const {
  const NewEvents found = new_events(buffer, mark_->counter);
  // One event per count from 0, so every slot below the counter was filled.
  if (mark_->counter == 0 && has_hole(found)) return true;
  // Five equal coins at once cannot be; a counter that goes up by five for each can.
  const int count = static_cast<int>(found.events.size()) + found.lost;
  return prompt && !counts_truly_ && seen_ && count == CreditBuffer::kSlots && has_coin(found) &&
         continues(*seen_, buffer, 1);
}

bool EventBook::doubtful(const CreditBuffer& buffer, bool prompt) const {
  const NewEvents found = new_events(buffer, mark_->counter);
  if (found.restarted || found.lost > 0 || has_hole(found)) return true;
  if (has_inhibited_coin(found) || is_broken(buffer, prompt)) return true;
  return seen_ && !continues(*seen_, buffer, static_cast<int>(found.events.size()));
}

EventBook::Taken EventBook::take(const CreditBuffer& buffer, bool kept, bool prompt) {
  NewEvents found = new_events(buffer, mark_->counter);
  const bool nothing_missing = mark_->quiet;
  if (is_broken(buffer, prompt)) {
    return {.verdict = Verdict::counter_broken, .report = adopt(buffer, !nothing_missing)};
  }
  if (!kept || found.restarted || has_hole(found)) {
    mark_->quiet = mark_->quiet || !kept;  // a device that lost its inhibits takes nothing
    return {.verdict = Verdict::restarted, .report = adopt(buffer, !nothing_missing)};
  }
  if (found.events.empty()) return {};
  if (nothing_missing) found.lost = 0;  // refusals
  return {.verdict = Verdict::fine, .report = credit(found, buffer)};
}

std::optional<CashReport> EventBook::become_quiet() {
  if (!mark_ || mark_->quiet) return std::nullopt;
  mark_->quiet = true;
  return CashReport{.mark = *mark_, .events = {}, .lost = std::nullopt};
}

std::optional<CashReport> EventBook::become_open() {
  if (!mark_ || !mark_->quiet) return std::nullopt;
  mark_->quiet = false;
  return CashReport{.mark = *mark_, .events = {}, .lost = std::nullopt};
}

}  // namespace yijuan::cctalk
