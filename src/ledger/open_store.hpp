// Opens the ledger's store as the configuration names it, also one that the version before wrote.
#pragma once

#include <memory>

#include "ledger/ledger_config.hpp"
#include "ledger/rebuild.hpp"

namespace yijuan::ledger {

/// A store of the version before gets today's tables, and its books are made again from the
/// entries: what that version did not understand counts from now on. Cut short, it begins anew at
/// the next opening. REQUIRES: the daemon's lock.
Result<std::unique_ptr<LedgerStore>> open_store(const LedgerConfig& config,
                                                const RebuildProgress& progress);

}  // namespace yijuan::ledger
