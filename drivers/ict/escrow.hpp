// What became of the note in the device: the rules that money passes through. Pure; the session
// feeds it what the device said and the time, and does what it answers.
//
// The device has no event counter and says every word once. The invariant: a note is money only on
// a clean "stacked" that follows our "take"; it went back only on a clean "returned"; everything
// else that may have happened to a note that was held is NoteUnclear. A mark is quiet while no note
// is held, since the device stacks nothing without our "take".
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "drivers/ict/code.hpp"
#include "ports/note_acceptor.hpp"

namespace yijuan::ict {

/// The configured notes of one device.
struct NoteRow {
  int position = 0;  // 1..10
  Fen amount;
};
using NoteTable = std::vector<NoteRow>;

/// What CounterMark, DeviceFound and DeviceState call a note acceptor.
inline constexpr std::string_view kDeviceName = "note";

class Escrow {
 public:
  /// `mark`: how far the journal knows the device's notes. The counter, 1 to 255, is ours and goes
  /// on from there.
  Escrow(NoteTable table, std::optional<CounterMark> mark);

  /// What to say to the device and to report, in this order.
  struct Step {
    std::optional<Say> say;
    std::optional<CashReport> report;
    std::optional<NoteInEscrow> held;
  };
  /// At the first connection: tells what the last process left undecided.
  std::optional<CashReport> begin(Instant now);
  Step hear(const Heard& heard, Instant now);
  /// The limits of time. To be called at least every 100 ms while not idle.
  Step tick(Instant now);
  Step decide(int counter, NoteVerdict verdict, Instant now);
  /// The wire is dead, or the device had no power: nothing more will be heard of the note.
  Step lose_contact(Instant now, std::string_view why);

  [[nodiscard]] bool idle() const { return state_ == State::none; }
  /// Whether a status may be asked for: its answer says nothing while a note waits for us.
  [[nodiscard]] bool may_poll(Instant now) const;
  /// The note that waits for a verdict; 0: none does.
  [[nodiscard]] int held() const { return state_ == State::held ? mark_.counter : 0; }

 private:
  enum class State {
    none,
    announced,  // 81 came, its type has not
    refusing,   // sent back by ourselves: a note without a name
    held,       // told, waits for the verdict
    stacking,   // "take" was said
    returning,  // "give back" was said
  };

  void enter(State state, Instant now);
  Step refuse(Instant now, std::string why);
  Step hear_type(int position, Instant now);
  Step hear_stacked(Instant now);
  Step hear_returned(const Heard& heard, Instant now);
  Step hear_refused(const Heard& heard, Instant now);
  Step hear_new_note(Instant now);
  Step hear_status(Instant now);
  Step unclear(Instant now, std::string why);
  Step refused(std::string why, bool returned, Instant now);
  CashReport report(CashEvent event);
  [[nodiscard]] const NoteRow* row(int position) const;

  NoteTable table_;
  CounterMark mark_;
  bool fresh_;  // the journal had no mark
  bool left_open_;
  State state_ = State::none;
  int position_ = 0;
  Fen amount_;
  std::string why_;       // why a note is refused
  bool damaged_ = false;  // a byte since "take" was damaged or unknown
  bool crossed_ = false;  // a note was announced since "take": this one again, or the next
  Instant since_{};       // of the state
  Instant said_hold_{};
  std::optional<Instant> settled_until_;  // a late word is of the note that was told as unclear
};

}  // namespace yijuan::ict
