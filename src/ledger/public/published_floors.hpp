// What the public holds of boxes' logs, against a store that may be older: where more is published
// than is held, the log is fetched again from its box and nothing is cosigned below what the public
// has; where something else is, nothing is cosigned at all. Blocking.
#pragma once

#include "ledger/ledger_config.hpp"
#include "ledger/public/public_folder.hpp"
#include "ledger/store/ledger_store.hpp"
#include "tlog/key.hpp"

namespace yijuan::ledger {

struct PublishedFloors {
  std::uint64_t raised = 0;  // logs of which more, or something else, is published; told by alarms
};

struct PublishedPlace {
  PublicFolder folder;  // the ledger's own, or a mirror's
  std::string domain;   // of the ledger
  tlog::VerifierKey cosigner;
};

/// Reads the entries of logs that are in doubt.
Result<PublishedFloors> heed_published(const PublishedPlace& place, LedgerStore& store,
                                       WallTime now);
/// Of the folder that the ledger publishes into, if it does: before any batch is taken.
Result<void> heed_own_publication(const LedgerConfig& config, LedgerStore& store, WallTime now);

}  // namespace yijuan::ledger
