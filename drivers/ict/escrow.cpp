#include "drivers/ict/escrow.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace yijuan::ict {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr int kLastCounter = 255;
constexpr seconds kTypeLimit{1};
constexpr seconds kVerdictLimit{10};
constexpr seconds kHoldInterval{2};  // the device gives up after 5 s
constexpr seconds kOutcomeLimit{10};
constexpr seconds kWorking{4};  // the longest that a healthy device stacks or returns
// A device that announces a note until it is answered may do so while our answer is under way.
constexpr seconds kCrossing{1};

CounterMark mark_or_new(std::optional<CounterMark> mark) {
  return mark ? *std::move(mark)
              : CounterMark{.device = std::string(kDeviceName), .serial = {}, .quiet = true};
}

}  // namespace

Escrow::Escrow(NoteTable table, std::optional<CounterMark> mark)
    : table_(std::move(table)),
      mark_(mark_or_new(mark)),
      fresh_(!mark),
      left_open_(mark && !mark->quiet) {}

const NoteRow* Escrow::row(int position) const {
  const auto found = std::ranges::find(table_, position, &NoteRow::position);
  return found == table_.end() ? nullptr : &*found;
}

void Escrow::enter(State state, Instant now) {
  state_ = state;
  since_ = now;
  damaged_ = false;
  crossed_ = false;
  if (state != State::none) settled_until_.reset();
}

CashReport Escrow::report(CashEvent event) {
  CashReport made;
  made.mark = mark_;
  made.events.push_back(std::move(event));
  return made;
}

std::optional<CashReport> Escrow::begin(Instant now) {
  if (!fresh_ && !left_open_) return std::nullopt;
  CashReport first;
  mark_.quiet = true;
  first.mark = mark_;
  // A note was held when the last process ended: nobody can say any more what became of it.
  first.restarted = left_open_;
  if (left_open_) settled_until_ = now + kOutcomeLimit;
  fresh_ = left_open_ = false;
  return first;
}

Escrow::Step Escrow::refuse(Instant now, std::string why) {
  enter(State::refusing, now);
  why_ = std::move(why);
  return {.say = Say::give_back, .report = {}, .held = {}};
}

Escrow::Step Escrow::refused(std::string why, bool returned, Instant now) {
  enter(State::none, now);
  constexpr int kReturned = 0x11;
  return {.say = {},
          .report = report(CashReturned{
              .code = kReturned, .text = std::move(why), .returned = returned, .alarm = !returned}),
          .held = {}};
}

Escrow::Step Escrow::unclear(Instant now, std::string why) {
  enter(State::none, now);
  settled_until_ = now + kOutcomeLimit;
  mark_.quiet = true;
  return {.say = {}, .report = report(NoteUnclear{.text = std::move(why)}), .held = {}};
}

Escrow::Step Escrow::hear_type(int position, Instant now) {
  if (state_ == State::none) return refuse(now, "a note came without its announcement");
  if (state_ == State::held && position != position_) {
    enter(State::returning, now);  // it names two notes: neither is believed
    return {.say = Say::give_back, .report = {}, .held = {}};
  }
  if (state_ != State::announced) return {};
  const NoteRow* const known = row(position);
  if (known == nullptr) {
    return refuse(now, fmt::format("a note of position {}, which is not in the table", position));
  }
  enter(State::held, now);
  said_hold_ = now;
  position_ = position;
  amount_ = known->amount;
  mark_.counter = mark_.counter == kLastCounter ? 1 : mark_.counter + 1;
  mark_.quiet = false;
  Step step;
  step.held =
      NoteInEscrow{.mark = mark_, .counter = mark_.counter, .amount = amount_, .heard = now};
  return step;
}

Escrow::Step Escrow::hear_stacked(Instant now) {
  if (state_ == State::stacking && damaged_) {
    return unclear(now, "what the device said of a note was damaged on the line");
  }
  if (state_ == State::held || state_ == State::returning) {
    return unclear(now, "the device says that it stacked a note that it was not told to take");
  }
  if (state_ == State::none && settled_until_ && now < *settled_until_) return {};
  Step step;
  if (state_ == State::stacking) {
    mark_.quiet = true;
    step.report =
        report(CashAccepted{.counter = mark_.counter, .position = position_, .amount = amount_});
  } else {
    CashReport lost;  // in the box, but of which worth?
    lost.mark = mark_;
    lost.lost = 1;
    step.report = std::move(lost);
  }
  step.report->heard = now;
  enter(State::none, now);
  return step;
}

Escrow::Step Escrow::hear_returned(const Heard& heard, Instant now) {
  if (state_ == State::stacking && damaged_) {
    return unclear(now, "what the device said of a note was damaged on the line");
  }
  // Without our "take" nothing is stacked, but the next note may come back while this one is in.
  if (state_ == State::stacking && crossed_) {
    return unclear(now,
                   "a note came back, and nobody can tell whether it was this one or the next");
  }
  if (state_ == State::none && settled_until_ && now < *settled_until_) return {};
  if (state_ == State::refusing) return refused(why_, true, now);
  const bool was_held =
      state_ == State::held || state_ == State::stacking || state_ == State::returning;
  if (was_held) mark_.quiet = true;
  enter(State::none, now);
  return {.say = {},
          .report = report(CashReturned{.code = heard.code,
                                        .text = was_held ? "note returned" : "note refused",
                                        .from_escrow = was_held}),
          .held = {}};
}

Escrow::Step Escrow::hear_refused(const Heard& heard, Instant now) {
  // Before a note was told these end it; afterwards only "returned" does.
  if (state_ != State::none && state_ != State::announced) return {};
  enter(State::none, now);
  const char* const text = heard.word == Word::pulled ? "note pulled out" : "note refused";
  return {.say = {}, .report = report(CashReturned{.code = heard.code, .text = text}), .held = {}};
}

Escrow::Step Escrow::hear_new_note(Instant now) {
  if (state_ == State::held || state_ == State::announced) return {};  // says it until answered
  if (state_ != State::none && now - since_ < kCrossing) {
    crossed_ = true;
    return {};
  }
  Step step;
  if (state_ == State::stacking || state_ == State::returning) {
    step = unclear(now, "the device went on to the next note without a word about this one");
  } else if (state_ == State::refusing) {
    step = refused(why_, false, now);
  }
  enter(State::announced, now);
  return step;
}

Escrow::Step Escrow::hear_status(Instant now) {
  if (state_ == State::none || !may_poll(now)) return {};
  if (state_ == State::refusing) return refused(why_, false, now);
  return unclear(now, "the device is ready again, and did not say what became of the note");
}

Escrow::Step Escrow::hear(const Heard& heard, Instant now) {
  switch (heard.word) {
    case Word::announced:
      return hear_new_note(now);
    case Word::type:
      return hear_type(heard.position, now);
    case Word::stacked:
      return hear_stacked(now);
    case Word::returned:
      return hear_returned(heard, now);
    case Word::refused:
    case Word::pulled:
      return hear_refused(heard, now);
    case Word::enabled:
    case Word::inhibited:
      return hear_status(now);
    case Word::power_up:
    case Word::ready:
      return lose_contact(now, "the device lost its power while it held a note");
    case Word::fishing:
      return {.say = {},
              .report = report(CashReturned{
                  .code = heard.code, .text = "note fishing", .returned = false, .alarm = true}),
              .held = {}};
    case Word::damaged:
      if (state_ == State::announced) return refuse(now, "a note whose type arrived damaged");
      damaged_ = true;
      return {};
    case Word::unknown:
      damaged_ = true;  // the line says what no device says: then no word on it is clean
      return {};
    default:
      return {};
  }
}

Escrow::Step Escrow::tick(Instant now) {
  const auto spent = now - since_;
  switch (state_) {
    case State::none:
      return {};
    case State::announced:
      return spent < kTypeLimit ? Step{} : refuse(now, "a note whose type never came");
    case State::refusing:
      return spent < kOutcomeLimit ? Step{} : refused(why_, false, now);
    case State::stacking:
    case State::returning:
      if (spent < kOutcomeLimit) return {};
      return unclear(now, "the device never said what became of the note");
    case State::held:
      break;
  }
  if (spent >= kVerdictLimit) return decide(mark_.counter, NoteVerdict::give_back, now);
  if (now - said_hold_ < kHoldInterval) return {};
  said_hold_ = now;
  return {.say = Say::hold, .report = {}, .held = {}};
}

Escrow::Step Escrow::decide(int counter, NoteVerdict verdict, Instant now) {
  if (state_ != State::held || counter != mark_.counter) return {};
  const bool stack = verdict == NoteVerdict::stack;
  enter(stack ? State::stacking : State::returning, now);
  return {.say = stack ? Say::take : Say::give_back, .report = {}, .held = {}};
}

Escrow::Step Escrow::lose_contact(Instant now, std::string_view why) {
  if (state_ == State::none) return {};
  // Also of a note that was not told yet: some devices stack what they hold when the power goes.
  return unclear(now, std::string(why));
}

bool Escrow::may_poll(Instant now) const {
  if (state_ == State::none) return true;
  if (state_ == State::announced || state_ == State::held) return false;
  return now - since_ >= kWorking;
}

}  // namespace yijuan::ict
