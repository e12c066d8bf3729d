// Opens the ledger's store as the configuration names it, also one that the version before wrote.
#pragma once

#include <memory>

#include "ledger/ledger_config.hpp"
#include "ledger/rebuild.hpp"

namespace yijuan::ledger {

/// LedgerErrc::no_store if there is none. A store of the version before gets today's tables, and
/// its books are made again from the entries: what that version did not understand counts from now
/// on. Cut short, it begins anew at the next opening. REQUIRES: the daemon's lock.
Result<std::unique_ptr<LedgerStore>> open_store(const LedgerConfig& config,
                                                const RebuildProgress& progress);
/// Makes an empty one first where there is none, or goes on with one whose making was cut. For
/// `ledgerctl init` alone. REQUIRES: the daemon's lock.
Result<std::unique_ptr<LedgerStore>> make_store(const LedgerConfig& config);

}  // namespace yijuan::ledger
