// Brings the public folder up to date with the ledger's store: tiles first, then the checkpoints
// that show them, then the day's digest. It never shows less than it showed, and never another
// history: a ledger that was restored from an older copy publishes nothing until it has caught up.
// May be cut at any point and goes on from there. Blocking; one at a time.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ledger/public/digest.hpp"
#include "ledger/public/public_folder.hpp"
#include "ledger/store/ledger_store.hpp"

namespace yijuan::ledger {

struct Publication {
  PublicFolder folder;
  std::string domain;         // of the ledger: others' logs are not published
  std::chrono::minutes at{};  // of the day in Shanghai: no digest before
  bool repair = false;        // reads every log from its start and mends tiles that differ

  /// Entries read, of those that have to be.
  std::function<void(std::uint64_t done, std::uint64_t of)> progress = {};
  /// Asked between slices; true: stop (AsyncErrc::cancelled).
  std::function<bool()> stopped = {};
  /// Asked before the day's digest is shown: why it may not be, for people; nothing: it may.
  std::function<Result<std::optional<std::string>>(const Digest&)> refuse_digest = {};
  /// Told of the day's digest each time, once it is durable: for the office's log. The same one
  /// may come again. False: another one is stated there, and this one is to be shown no more.
  std::function<Result<bool>(const Digest&)> on_digest = {};
};

struct Published {
  std::uint64_t logs = 0;          // shown, those that had nothing new included
  std::uint64_t entries = 0;       // of them, shown for the first time
  std::uint64_t mended = 0;        // tiles that were missing or damaged
  std::vector<std::string> notes;  // what is published and not held, as a declared hole says
  std::vector<Alarm> alarms;       // logs that are not shown as they should be, with code "public"
};

/// An error is the store's, the disk's or AsyncErrc::cancelled; alarms are for the caller to raise.
Result<Published> publish(const Publication& publication, LedgerStore& store, WallTime now);

/// Whether a digest of the day in Shanghai is due and not made yet.
bool digest_is_due(const Publication& publication, WallTime now);

}  // namespace yijuan::ledger
