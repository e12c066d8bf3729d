// Which peer of the `boxes` listener is a box in service: the question before every other.
#pragma once

#include <optional>

#include "ledger/refusals.hpp"

namespace yijuan::ledger {

/// Why this peer may not speak, if it may not. A certificate is good as long as its box is active
/// and has no newer key (`ledgerctl box add --again`), whatever its dates say. Blocking.
Result<std::optional<Refusal>> check_peer(LedgerStore& store, const net::Peer& peer, WallTime now);

}  // namespace yijuan::ledger
