#include "drivers/cctalk/note_health.hpp"

#include <utility>

namespace yijuan::cctalk {
namespace {

// Self-check results that have a word of their own.
constexpr int kJammed = 39;
constexpr int kStackerMissing = 44;
constexpr int kStackerFull = 45;

struct Word {
  std::string_view code;
  bool stacker = false;  // ends by an event
};

Word word_of(NoteEventKind kind) {
  switch (kind) {
    case NoteEventKind::jam_reachable:
    case NoteEventKind::jam_unreachable:
    case NoteEventKind::jam_stacker:
      return {.code = "jam"};
    case NoteEventKind::broken:
      return {.code = "fault"};
    case NoteEventKind::stacker_full:
      return {.code = "stacker full", .stacker = true};
    case NoteEventKind::stacker_removed:
      return {.code = "stacker removed", .stacker = true};
    case NoteEventKind::stacker_ok:
    case NoteEventKind::stacker_inserted:
    case NoteEventKind::status:
    case NoteEventKind::came_back:
    case NoteEventKind::reject:
    case NoteEventKind::fraud:
    case NoteEventKind::unknown_stacked:
    case NoteEventKind::unknown:
      return {};
  }
  return {};
}

}  // namespace

void NoteHealth::set(std::string code, std::string text, bool stacker) {
  if (code_ != code) confirmed_ = false;
  code_ = std::move(code);
  text_ = std::move(text);
  stacker_ = stacker;
}

void NoteHealth::clear() {
  code_.clear();
  text_.clear();
  stacker_ = false;
  confirmed_ = false;
}

void NoteHealth::forget() {
  if (!stacker_) clear();
}

void NoteHealth::event(RawEvent event) {
  if (event.a != 0) return clear();  // a note moves
  const NoteEvent meant = note_event(event.b);
  const Word word = word_of(meant.kind);
  if (!word.code.empty()) {
    set(std::string(word.code), std::string(meant.name), word.stacker);
  } else if (meant.kind == NoteEventKind::stacker_ok ||
             meant.kind == NoteEventKind::stacker_inserted) {
    clear();
  }
}

void NoteHealth::self_check(int code, std::string text) {
  if (code == 0) {
    if (!stacker_ || confirmed_) clear();
    return;
  }
  if (code == kStackerFull) {
    set("stacker full", std::move(text), true);
  } else if (code == kStackerMissing) {
    set("stacker removed", std::move(text), true);
  } else {
    set(code == kJammed ? "jam" : "fault", std::move(text), false);
  }
  confirmed_ = true;
}

}  // namespace yijuan::cctalk
