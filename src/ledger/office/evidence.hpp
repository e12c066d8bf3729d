// What is known of how far the office's log had come, from everybody who can say. Boxes and the
// public can only refute: whoever shows as much as is held may have looked before more was signed.
// The second copy alone proves, for it is written before anybody is told.
#pragma once

#include <string>
#include <vector>

#include "ledger/office/office.hpp"

namespace yijuan::ledger {

struct Evidence {
  LogState log;                        // that is written
  std::uint64_t seen = 0;              // the largest checkpoint of it that anybody shows
  std::vector<std::string> witnesses;  // of that one: boxes, "second copy", "public log"
  std::vector<std::string> silent;     // active boxes that have not spoken since the restore
  std::uint64_t waiting = 0;           // entries that wait for those of boxes
  bool short_of_seen = false;          // what somebody saw is no beginning of what is held
  bool copied = false;                 // the second copy ends with the very entry that the log does
};

/// Compares only: nothing is stored. `published`: notes of checkpoints that the public holds.
Result<Evidence> weigh_all(Office& office, LedgerStore& store,
                           const std::vector<std::string>& published);
/// Hears all of it first: what is not a beginning of the log becomes its floor. Posts what is due.
Result<Evidence> hear_all(Office& office, LedgerStore& store,
                          const std::vector<std::string>& published, WallTime now);

/// Whether it shows that nothing beyond the log was ever told to anybody: the second copy says so,
/// and nobody else says otherwise.
bool shows_whole(const Evidence& evidence);

}  // namespace yijuan::ledger
