// What a disk holds afterwards, held against what the box promised.
#pragma once

#include <string>

#include "tests/fault/gift_flow.hpp"

namespace yijuan::fault {

enum class Found {
  whole,    // all that was acknowledged is there, and every coin in it at most once
  refused,  // the journal was not opened, and said why
  damaged,  // opened; verify() names the damage
  shorter,  // a true beginning of the log (or none), without its newest acknowledged entries: the
            // ledger knows more than the box, and says so at the next sync
  wrong     // something that nobody would find out
};

struct Aftermath {
  Found found = Found::whole;
  std::string why;
};

/// Opens and verifies the journal, and compares what it has.
Aftermath look(test::SimDisk& disk, const Promises& promises);

/// The same; then, if nobody found anything, the box goes on on it, and every
/// coin that the acceptor ever took must be in the log exactly once.
Aftermath inspect(test::SimDisk& disk, const Promises& promises);

}  // namespace yijuan::fault
