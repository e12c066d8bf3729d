// A backup of a ledger: a folder with the store's file as it was at one moment, and a manifest of
// every log in it. Made while the ledger runs; nothing in it is secret from who may read the
// store, and no key is in it. Blocking, for long.
#pragma once

#include <filesystem>
#include <functional>

#include "ledger/backup/manifest.hpp"
#include "tlog/key.hpp"

namespace yijuan::ledger {

struct BackupWatch {
  /// Bytes or pages, then entries, as one count.
  std::function<void(std::uint64_t done, std::uint64_t of)> progress = {};
  /// Asked now and then; true: stop.
  std::function<bool()> stopped = {};
};

/// `folder` must be empty or not there. What was cut leaves no manifest.
Result<Manifest> make_backup(const std::filesystem::path& store,
                             const std::filesystem::path& folder, const std::string& domain,
                             WallTime now, const BackupWatch& watch);

/// That the file is the one that was made, whole, and that every log's entries give the root that
/// its checkpoint, the store and the manifest say, signed by the log's key and, but on forks,
/// cosigned by `cosigner`. LedgerErrc::bad_backup says what is wrong first.
Result<Manifest> verify_backup(const std::filesystem::path& folder,
                               const tlog::VerifierKey& cosigner, const BackupWatch& watch);

}  // namespace yijuan::ledger
