// What `ledgerctl init` does: a new ledger's keys and its empty store, which nothing else makes: a
// store that is missing is lost or not mounted, and an empty one in its place would be signed for.
#pragma once

#include <span>
#include <string>

#include "base/result.hpp"
#include "base/time.hpp"
#include "ledger/ledger_config.hpp"
#include "ports/random.hpp"

namespace yijuan::ledger {

/// Cut at any moment it may be done again, and ends it. Fails, and changes nothing, where there are
/// keys (LedgerErrc::bad_keys), or a store that has logs already (not_done). `hosts`: the names and
/// addresses under which boxes reach the server.
Result<void> make_ledger(const LedgerConfig& config, std::span<const std::string> hosts,
                         WallTime now, Random& random);

}  // namespace yijuan::ledger
