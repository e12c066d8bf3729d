// The Merkle tree of a stored log, made again from its lines where the head's frontier is not
// enough: at a size in the middle, or for a proof. Reads and hashes all entries before it.
#pragma once

#include "ledger/store/ledger_store.hpp"
#include "tlog/proof.hpp"

namespace yijuan::ledger {

/// Of the first `size` entries of `log`, of a fork's too. LedgerErrc::store_damaged if there are
/// not so many.
Result<tlog::Frontier> frontier_at(LedgerStore& store, const LogState& log, std::uint64_t size);

/// Leaf hashes of a log from `first` up to `end`.
Result<std::vector<Hash>> leaves_of(LedgerStore& store, std::string_view origin, Seq first,
                                    std::uint64_t end);

}  // namespace yijuan::ledger
