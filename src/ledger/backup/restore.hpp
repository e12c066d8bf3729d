// A backup becomes a ledger again. What was cosigned since it was made is in nobody's memory here:
// every log is unsure until its box, or for the office's log a person, has said how far it had
// come; and what the public holds is heeded at once, for a box may have less. REQUIRES: the
// daemon's lock. Blocking, for long.
#pragma once

#include "ledger/backup/backup.hpp"
#include "ledger/ledger_config.hpp"
#include "ledger/store/ledger_store.hpp"

namespace yijuan::ledger {

struct Restored {
  std::uint64_t logs = 0;
  std::uint64_t entries = 0;
  std::uint64_t behind = 0;     // boxes' logs of which more, or something else, is published
  std::uint64_t completed = 0;  // entries of the office's log that the second copy had beyond it
  std::vector<Box> boxes;       // all, as the store has them now
  bool boxes_known = false;     // the second copy told what was decided of them since the backup
  std::string trouble;          // why it gave none, if it should have
};

/// Into a place where there is no store (LedgerErrc::not_done if there is). Cut at any moment
/// it has left none. `mirror`: of the public log, heeded beside the ledger's own folder; empty:
/// none.
Result<Restored> restore_backup(const LedgerConfig& config, const std::filesystem::path& folder,
                                const BackupWatch& watch, const std::filesystem::path& mirror = {});
/// For a store that was brought back by other means (pg_restore): marks it as the above does.
Result<Restored> doubt_store(const LedgerConfig& config, const std::filesystem::path& mirror = {});

}  // namespace yijuan::ledger
