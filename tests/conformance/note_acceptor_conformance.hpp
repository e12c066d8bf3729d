// The contract of NoteAcceptor: what ports/note_acceptor.hpp says of the escrow, beyond the
// contract of every cash acceptor. The kiosk of this suite keeps what it was told, as a journal
// does.
#pragma once

#include "tests/conformance/note_machine.hpp"

namespace yijuan::conformance {

class NoteAcceptorConformance : public CashAcceptorConformance {
 protected:
  void SetUp() override;

  NoteAcceptor& note() { return dynamic_cast<NoteAcceptor&>(*driver); }
  /// Brings the device up without a verdict, and a note into its escrow; the counter that names it.
  int hold_a_note();
  /// Runs in small steps; at every moment what is credited is in the box already.
  void walk(std::chrono::milliseconds duration);
  /// Another machine of the kind, and a kiosk that knows nothing.
  void begin_anew();
  /// Runs `interrupt` at one moment after another of a note's way in, and holds what was told
  /// against the truth.
  void interrupt_everywhere(const std::function<void()>& interrupt);
  /// After it all: every note told ended once, none was invented, and none is missing without a
  /// word.
  void expect_accounted();

  [[nodiscard]] std::vector<NoteInEscrow> held() const;
  [[nodiscard]] std::size_t went_back() const;
  [[nodiscard]] std::size_t unclear() const;

  NoteMachine* notes = nullptr;
};

}  // namespace yijuan::conformance
