// A note acceptor: the contract of cash_acceptor.hpp, and the escrow. A device that cannot hold a
// note, or is configured not to, stacks by itself and reports the stacked note alone.
//
// Contract of the escrow: at most one note is held at a time. A held note is reported once as
// NoteInEscrow, and again after a new connection that finds it still held. Only the device's
// "stacked" is reported as CashAccepted, never the answer to a command. A note that went back is
// CashReturned with `from_escrow`; one whose fate the device cannot tell is NoteUnclear. Without a
// verdict within the driver's own limit (shorter than the device's) the note goes back.
#pragma once

#include "ports/cash_acceptor.hpp"

namespace yijuan {

enum class NoteVerdict { stack, give_back };

class NoteAcceptor : public CashAcceptor {
 public:
  /// What to do with the note reported as NoteInEscrow with `counter`. Does not wait; a verdict on
  /// a note that is no longer held changes nothing.
  virtual void decide(int counter, NoteVerdict verdict) = 0;
};

}  // namespace yijuan
