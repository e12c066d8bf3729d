// What a gift session is told. Touches carry no money; money comes only as a CashBatch. A note in
// escrow is no money yet: NoteOffered asks what to do with it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/fen.hpp"
#include "base/ids.hpp"
#include "domain/gate.hpp"
#include "tlog/entry.hpp"

namespace yijuan::domain {

/// One accepted coin or note. REQUIRES: amount above 0 (configured tables hold no other).
struct CashIn {
  int counter = 0;
  Fen amount;
};
/// A piece that was not taken. `returned` is false where nobody knows that it came back.
struct CashRefused {
  bool returned = true;
  bool from_escrow = false;  // a note that was held went back
  std::string why{};
};
/// Nobody can tell whether the note that was held is in the box.
struct NoteUnclear {
  std::string why;
};
using CashFact = std::variant<CashIn, CashRefused, NoteUnclear>;

/// One report of an acceptor: one step, and one transaction with the acceptor's counter.
struct CashBatch {
  std::string device, serial;
  std::vector<CashFact> facts;  // oldest first
  int counter = 0;              // the device's counter after the facts
  std::optional<std::uint32_t> lost;
  bool restarted = false;
  bool swapped = false;
};

/// A note is held and waits for a verdict. It may be told again, with the same counter.
struct NoteOffered {
  std::string device, serial;
  int counter = 0;  // of its event: names the note
  Fen amount;
};

// Fingers.
struct StartGift {
  tlog::Activity activity = tlog::Activity::free;  // free or one_day
};
struct ChooseAmount {
  Fen amount;  // 0: any amount, until done
};
struct ChooseDesignation {
  std::string id;
};
struct ChooseUnit {
  std::string id;  // empty: none
};
struct Done {};    // "that is all": money in becomes the gift, without money back to idle
struct Cancel {};  // the same: no acceptor gives money back, so what is in is a gift
struct More {};    // "still here"; on the thanks scene: one more gift on the same terms
enum class SlipWish { paper, screen, none };
struct AskSlip {
  SlipWish wish = SlipWish::none;
};

/// A technician tests: what falls in is test money until the end, or until two minutes pass without
/// a piece. Begins only at an idle box, also behind a closed gate.
struct BeginTest {
  std::string device;  // for the screen; every acceptor takes
};
struct EndTest {};

/// The deadline of the last Step, or later.
struct Tick {};
/// What became of a PrintSlip effect.
struct Printed {
  Seq gift = 0;
  std::uint32_t copy = 1;
  tlog::SlipOutcome outcome = tlog::SlipOutcome::printed;  // never declined
  std::string why;
};
/// The gate as it is now; also told when nothing changed.
struct GateChecked {
  Gate gate;
};
/// Memory and disk may disagree: nothing is written from here on; a restart reads the truth.
struct JournalFailed {};

using SessionEvent = std::variant<CashBatch, NoteOffered, StartGift, ChooseAmount,
                                  ChooseDesignation, ChooseUnit, Done, Cancel, More, AskSlip,
                                  BeginTest, EndTest, Tick, Printed, GateChecked, JournalFailed>;

}  // namespace yijuan::domain
