#include "drivers/cctalk/note_book.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace yijuan::cctalk {
namespace {

constexpr RawEvent kNull{};
constexpr int kRound = 255;

bool has_note(const NewEvents& found) {
  return std::ranges::any_of(found.events,
                             [](const CountedEvent& counted) { return counted.event.a != 0; });
}

bool has_inhibited_note(const NewEvents& found) {
  return std::ranges::any_of(found.events, [](const CountedEvent& counted) {
    return counted.event.a == 0 && is_inhibited_note(counted.event.b);
  });
}

}  // namespace

NoteBook::NoteBook(NoteTable table, std::optional<CounterMark> mark, bool escrow)
    : table_(std::move(table)),
      escrow_(escrow),
      holds_(escrow),
      mark_(std::move(mark)),
      past_unknown_(mark_ && !mark_->quiet) {
  for (const NoteRow& each : table_) trusted_.add(each.position);
}

const NoteRow* NoteBook::row(int position) const {
  const auto found = std::ranges::find(table_, position, &NoteRow::position);
  return found != table_.end() && trusted_.has(position) ? &*found : nullptr;
}

// --- readings

void NoteBook::tell_held(Told& told) {
  if (!held_ || held_->told || !held_->amount || !escrow_) return;
  held_->told = true;
  told.held = NoteInEscrow{.mark = *mark_, .counter = held_->counter, .amount = *held_->amount};
}

/// Finds a note that was held before the events that are new.
void NoteBook::look_back(const CreditBuffer& buffer, std::size_t known_from) {
  held_.reset();
  for (std::size_t slot = known_from; slot < buffer.newest_first.size(); ++slot) {
    const RawEvent event = buffer.newest_first[slot];
    if (event.a != 0 && event.b == 1) {
      int counter = buffer.counter - static_cast<int>(slot);
      if (counter < 1) counter += kRound;
      held_ = HeldNote{.counter = counter, .position = event.a, .amount = {}, .told = false};
      if (const NoteRow* const note = row(event.a)) held_->amount = note->amount;
      held_->told = escrow_ && held_->amount;  // by whoever knew the device before
    }
    const auto kind = note_event(event.b).kind;
    const bool settled = event.a != 0 || kind == NoteEventKind::came_back ||
                         kind == NoteEventKind::jam_unreachable ||
                         kind == NoteEventKind::unknown_stacked;
    if (!settled) continue;
    past_unknown_ = false;
    return;
  }
}

NoteBook::Told NoteBook::adopt(const CreditBuffer& buffer, Break why) {
  // What was held, or may have been, is disputed with this report: its "stacked", should the
  // device tell it yet, is not a second answer.
  if (why == Break::swapped) disputed_.reset();
  if (holds_ && why == Break::restarted && held_) disputed_ = held_->position;
  if (holds_ && why == Break::restarted && past_unknown_) disputed_ = 0;
  past_unknown_ = false;
  mark_->counter = buffer.counter;
  seen_ = buffer;
  held_.reset();
  if (buffer.counter != 0) look_back(buffer, 0);
  if (held_) held_->told = false;
  if (held_) mark_->quiet = false;
  Told told;
  told.report = CashReport{.mark = *mark_,
                           .events = {},
                           .lost = std::nullopt,
                           .restarted = why == Break::restarted,
                           .swapped = why == Break::swapped};
  tell_held(told);
  return told;
}

void NoteBook::learn(const NewEvents& found, const CreditBuffer& buffer) {
  const int count = static_cast<int>(found.events.size()) + found.lost;
  const bool five = count == CreditBuffer::kSlots;
  if (count != 0 && (!five || (seen_ && !continues(*seen_, buffer, 1)))) counts_truly_ = true;
}

NoteBook::Told NoteBook::credit(const NewEvents& found, const CreditBuffer& buffer) {
  learn(found, buffer);
  Told told;
  CashReport report;
  if (found.lost > 0) report.lost = static_cast<std::uint32_t>(found.lost);
  const auto held_before = held_ ? std::optional(held_->counter) : std::nullopt;
  for (const CountedEvent& counted : found.events) {
    told.news.push_back(counted.event);
    read(counted, report);
  }
  // Its end may be among the events that nobody can read any more. The kiosk disputes it.
  if (found.lost > 0 && held_ && held_->counter == held_before) {
    disputed_ = held_->position;
    held_.reset();
  }
  if (found.lost > 0 && past_unknown_ && holds_) disputed_ = 0;
  past_unknown_ = false;
  mark_->counter = buffer.counter;
  if (held_) mark_->quiet = false;
  seen_ = buffer;
  report.mark = *mark_;
  tell_held(told);
  if (!told.held || !report.events.empty() || report.lost) told.report = std::move(report);
  return told;
}

NoteBook::Told NoteBook::reconcile(std::string serial, const CreditBuffer& buffer, bool kept,
                                   bool open) {
  const bool known = mark_ && mark_->serial == serial;
  const bool nothing_missing = !mark_ || mark_->quiet;
  if (!known) {
    // A used device that no journal knows stands in the place of another, whose last is unknown.
    const bool swapped = mark_ ? !mark_->quiet : buffer.counter != 0;
    mark_ =
        CounterMark{.device = std::string(kNoteDevice), .serial = std::move(serial), .counter = 0};
    mark_->quiet = !open;
    seen_.reset();
    counts_truly_ = false;
    held_.reset();
    past_unknown_ = false;
    return adopt(buffer, swapped ? Break::swapped : Break::none);
  }
  NewEvents found = new_events(buffer, mark_->counter);
  mark_->quiet = !open;
  if (!kept || restarted(buffer, found)) {
    return adopt(buffer, nothing_missing ? Break::none : Break::restarted);
  }
  if (past_unknown_) look_back(buffer, found.events.size());
  if (nothing_missing && !open) found.lost = 0;
  Told told = credit(found, buffer);
  if (held_ && !told.held) {
    held_->told = false;
    tell_held(told);
  }
  return told;
}

/// A counter that went through its end shows what was before; a device that began anew does not.
bool NoteBook::restarted(const CreditBuffer& buffer, const NewEvents& found) const {
  if (found.restarted) return true;
  const bool wrapped = buffer.counter < mark_->counter;
  if (!wrapped || buffer.counter >= CreditBuffer::kSlots) return false;
  const auto from = buffer.newest_first.begin() + buffer.counter;
  return std::all_of(from, buffer.newest_first.end(),
                     [](const RawEvent& event) { return event == kNull; });
}

bool NoteBook::is_broken(const CreditBuffer& buffer, bool prompt) const {
  const NewEvents found = new_events(buffer, mark_->counter);
  const int count = static_cast<int>(found.events.size()) + found.lost;
  return prompt && !counts_truly_ && seen_ && count == CreditBuffer::kSlots && has_note(found) &&
         continues(*seen_, buffer, 1);
}

bool NoteBook::doubtful(const CreditBuffer& buffer, bool prompt) const {
  const NewEvents found = new_events(buffer, mark_->counter);
  if (restarted(buffer, found) || found.lost > 0) return true;
  if (has_inhibited_note(found) || is_broken(buffer, prompt)) return true;
  return seen_ && !continues(*seen_, buffer, static_cast<int>(found.events.size()));
}

NoteBook::Taken NoteBook::take(const CreditBuffer& buffer, bool kept, bool prompt) {
  NewEvents found = new_events(buffer, mark_->counter);
  const bool nothing_missing = mark_->quiet;
  const Break end = nothing_missing ? Break::none : Break::restarted;
  if (is_broken(buffer, prompt)) {
    return {.verdict = Verdict::counter_broken, .told = adopt(buffer, end)};
  }
  if (!kept || restarted(buffer, found)) {
    mark_->quiet = mark_->quiet || !kept;  // a device that lost its inhibits takes nothing
    return {.verdict = Verdict::restarted, .told = adopt(buffer, end)};
  }
  if (found.events.empty()) return {};
  if (nothing_missing) found.lost = 0;  // refusals
  return {.verdict = Verdict::fine, .told = credit(found, buffer)};
}

// --- marks

void NoteBook::know_holding(bool holds) {
  holds_ = holds;
  if (!holds_) disputed_.reset();
}

std::optional<CashReport> NoteBook::give_up(std::string why) {
  if (!held_) return std::nullopt;
  CashReport report{.mark = *mark_, .events = {}, .lost = std::nullopt};
  dispute(report, std::move(why));
  return report;
}

std::optional<CashReport> NoteBook::become_quiet() {
  if (!mark_ || mark_->quiet || held_) return std::nullopt;
  mark_->quiet = true;
  return CashReport{.mark = *mark_, .events = {}, .lost = std::nullopt};
}

std::optional<CashReport> NoteBook::become_open() {
  if (!mark_ || !mark_->quiet) return std::nullopt;
  mark_->quiet = false;
  return CashReport{.mark = *mark_, .events = {}, .lost = std::nullopt};
}

}  // namespace yijuan::cctalk
