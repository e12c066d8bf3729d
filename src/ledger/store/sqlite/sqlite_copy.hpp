// A copy of a store's file while its daemon runs: one state of it, whatever is written meanwhile.
// By a reading connection of its own, which neither writes nor checkpoints. Blocking, for long.
#pragma once

#include <filesystem>
#include <functional>

#include "base/result.hpp"
#include "ledger/errc.hpp"

namespace yijuan::ledger {

/// Told of pages; `stopped` true ends it early (LedgerErrc::store_failed).
using CopyProgress = std::function<void(std::uint64_t done, std::uint64_t of)>;

/// `target` must not exist; it is one plain file, durable when this returns. Batches go on being
/// taken, but the store's WAL grows until it is done.
Result<void> copy_store(const std::filesystem::path& source, const std::filesystem::path& target,
                        const CopyProgress& progress, const std::function<bool()>& stopped);

}  // namespace yijuan::ledger
