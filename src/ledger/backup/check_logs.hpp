// The logs in a store's file against their own entries and signatures, without opening it as a
// store: nothing is written.
#pragma once

#include "ledger/backup/backup.hpp"
#include "ledger/store/sqlite/connection.hpp"

namespace yijuan::ledger {

/// As the rows of the file say.
Result<std::vector<Manifest::Log>> listed_logs(Connection& store);
/// LedgerErrc::bad_backup names the first log that is not as it should be. `each` is told of
/// entries that were read.
Result<void> check_logs(Connection& store, const tlog::VerifierKey& cosigner,
                        const std::function<Result<void>(std::uint64_t entries)>& each);

}  // namespace yijuan::ledger
