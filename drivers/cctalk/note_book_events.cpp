// NoteBook: what one event of a bill validator means for the money.
#include <fmt/format.h>

#include "drivers/cctalk/note_book.hpp"

namespace yijuan::cctalk {
namespace {

constexpr int kCoupon = 255;  // a barcode, not a note

CashReturned alarm(int code, std::string text) {
  return {.code = code, .text = std::move(text), .returned = false, .alarm = true};
}

// Of the device itself. Told as an alarm, since a state that has ended again when it is read, the
// note box taken out and put back while the box was off, would leave no trace.
CashReturned incident(int code, std::string text) {
  CashReturned told = alarm(code, std::move(text));
  told.piece = false;
  return told;
}

}  // namespace

void NoteBook::read(const CountedEvent& counted, CashReport& report) {
  const RawEvent event = counted.event;
  if (event.a == 0) return read_code(event.b, report);
  if (event.a == kCoupon) {
    if (event.b == 0) report.events.emplace_back(alarm(0, "took a coupon"));
    return;
  }
  if (event.b == 0) return read_stacked(counted, report);
  if (event.b == 1) return read_held(counted, report);
  const auto text = fmt::format("note at position {}: unknown event {}", event.a, event.b);
  if (held_) return dispute(report, text);
  lose(report, text);
}

/// In the box, but worth we do not know what: counted as lost, never as money.
void NoteBook::lose(CashReport& report, std::string why) {
  report.lost = report.lost.value_or(0) + 1;
  report.events.emplace_back(alarm(0, std::move(why)));
}

/// The held note's fate stays open. Nothing that the device says of it later is money.
void NoteBook::dispute(CashReport& report, std::string why) {
  const bool told = held_ ? held_->told : past_unknown_;
  disputed_ = held_ ? held_->position : 0;
  held_.reset();
  past_unknown_ = false;
  if (!told) return lose(report, std::move(why));  // the kiosk knows of no note to dispute
  report.events.emplace_back(NoteUnclear{.text = std::move(why)});
}

void NoteBook::read_stacked(const CountedEvent& counted, CashReport& report) {
  const int position = counted.event.a;
  if (held_ && held_->position != position) {
    const auto why = fmt::format("position {} was held, {} was stacked", held_->position, position);
    dispute(report, why);
    disputed_.reset();  // the one that is stacked is another note
  } else if (!held_ && disputed_ && (*disputed_ == 0 || *disputed_ == position)) {
    disputed_.reset();
    report.events.emplace_back(alarm(0, "the note that was disputed is stacked"));
    return;
  }
  held_.reset();
  past_unknown_ = false;
  if (const NoteRow* const note = row(position)) {
    report.events.emplace_back(
        CashAccepted{.counter = counted.counter, .position = position, .amount = note->amount});
  } else {
    lose(report, fmt::format("took a note at position {}, which is not in the table", position));
  }
}

void NoteBook::read_held(const CountedEvent& counted, CashReport& report) {
  if (held_) dispute(report, "another note is held, and nothing told what became of this one");
  disputed_.reset();
  past_unknown_ = false;
  held_ = HeldNote{
      .counter = counted.counter, .position = counted.event.a, .amount = {}, .told = false};
  if (const NoteRow* const note = row(held_->position)) held_->amount = note->amount;
}

void NoteBook::read_code(int code, CashReport& report) {
  const NoteEvent event = note_event(code);
  const std::string name(event.name);
  switch (event.kind) {
    case NoteEventKind::came_back: {
      const bool told = held_ ? held_->told : past_unknown_;
      held_.reset();
      disputed_.reset();
      past_unknown_ = false;
      report.events.emplace_back(CashReturned{
          .code = code, .text = name, .returned = true, .alarm = false, .from_escrow = told});
      return;
    }
    case NoteEventKind::reject:
      report.events.emplace_back(CashReturned{.code = code, .text = name});
      return;
    case NoteEventKind::jam_unreachable:
      if (held_ || past_unknown_) return dispute(report, name);
      report.events.emplace_back(alarm(code, name));
      return;
    case NoteEventKind::unknown_stacked:
      if (held_) {
        dispute(report, name);
        disputed_.reset();  // this was its "stacked"
        return;
      }
      lose(report, name);
      return;
    case NoteEventKind::jam_reachable:
    case NoteEventKind::jam_stacker:
    case NoteEventKind::fraud:
    case NoteEventKind::broken:
      report.events.emplace_back(alarm(code, name));
      return;
    case NoteEventKind::stacker_removed:
      report.events.emplace_back(incident(code, name));
      return;
    case NoteEventKind::unknown:
      report.events.emplace_back(incident(code, fmt::format("{} {}", name, code)));
      return;
    case NoteEventKind::status:
    case NoteEventKind::stacker_ok:
    case NoteEventKind::stacker_inserted:
    case NoteEventKind::stacker_full:
      return;
  }
}

}  // namespace yijuan::cctalk
