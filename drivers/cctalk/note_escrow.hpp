// What to command while a note is held: more time while nobody has decided, then stack or return,
// again and again until the device's own event says what became of the note. Pure: it gets the
// time as an argument; the session sends what is due and hands back the answers.
//
// The invariant: the first verdict on a note stands, also over a broken connection; without one
// the note goes back. An answer never settles anything, only an event does, or at the end of all
// patience give_up_at().
#pragma once

#include <chrono>
#include <optional>

#include "async/clock.hpp"
#include "base/bytes.hpp"
#include "ports/note_acceptor.hpp"

namespace yijuan::cctalk {

/// Data of 154.
enum class NoteRoute : std::uint8_t { give_back = 0, stack = 1, extend = 255 };

/// What the device answered to 154.
enum class RouteAnswer {
  done,
  empty,   // 254: no note is held
  failed,  // 255
  unknown  // NAK, silence, or what the specification does not know
};
RouteAnswer read_route_answer(const std::optional<Bytes>& data);

class NoteEscrow {
 public:
  static constexpr std::chrono::seconds kVerdictLimit{10};

  /// A note is held: event counter `counter`, told at `now`. The same note again (a new
  /// connection) keeps its verdict.
  void hold(int counter, Instant now);
  /// No note is held any more.
  void release() { counter_.reset(); }
  /// Ignored unless `counter` is the held note's and nothing was decided yet.
  void decide(int counter, NoteVerdict verdict, Instant now);

  /// What must be commanded at `now`, if anything.
  [[nodiscard]] std::optional<NoteRoute> due(Instant now);
  void answered(NoteRoute route, RouteAnswer answer, Instant now);
  /// When due() may change by itself; nothing while no note is held.
  [[nodiscard]] std::optional<Instant> next() const;
  /// The device had its time, or says that it holds nothing, and no event told what became of it.
  [[nodiscard]] bool given_up(Instant now) const;

  [[nodiscard]] bool holding() const { return counter_.has_value(); }

 private:
  std::optional<int> counter_;
  std::optional<NoteVerdict> verdict_;
  bool extends_ = true;  // the device knows how
  int refusals_ = 0;     // of the verdict, by "failed"
  Instant told_at_{};
  Instant decided_at_{};
  Instant next_{};
  std::optional<Instant> empty_since_;
};

}  // namespace yijuan::cctalk
