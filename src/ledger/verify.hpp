// Re-checks everything that the store holds, without changing it: every entry, leaf, root, batch,
// checkpoint and signature of every log, that the books are what the entries give, and that the
// public log shows nothing else. May run while boxes send: what came since it began is not judged.
// Blocking; reads on the caller's thread, checks on another.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ledger/public/public_folder.hpp"
#include "ledger/store/ledger_store.hpp"
#include "tlog/key.hpp"

namespace yijuan::ledger {

struct Verification {
  LedgerStore& store;
  tlog::VerifierKey cosigner;
  std::string domain;                          // of the ledger
  std::optional<PublicFolder> published = {};  // none: nothing is published
  std::string origin = {};                     // of one log; empty: all, and the boxes' books
  std::filesystem::path state_file = {};       // which boxes were found right; empty: not kept
  bool fresh = false;                          // believes no earlier run
  /// Entries checked, of all that have to be.
  std::function<void(std::uint64_t done, std::uint64_t of)> progress = {};
  /// Asked between batches; true: stop (AsyncErrc::cancelled). The next run goes on.
  std::function<bool()> stopped = {};
};

struct Verified {
  std::uint64_t logs = 0;
  std::uint64_t entries = 0;
  std::uint64_t before = 0;        // of these logs, found right by a run that was cut
  std::vector<std::string> notes;  // what is published and not held, as a declared hole says
  std::vector<std::string> wrong;  // in words; empty: all is right
};

/// An error is the store's, the disk's or AsyncErrc::cancelled. LedgerErrc::bad_argument: no such
/// log.
Result<Verified> verify_store(const Verification& verification);

}  // namespace yijuan::ledger
