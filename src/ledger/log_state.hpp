// What the ledger keeps of a box's log beside its entries: enough to go on with the next batch
// without reading the ones before.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/fen.hpp"
#include "base/time.hpp"
#include "domain/books.hpp"
#include "domain/business_day.hpp"
#include "tlog/frontier.hpp"

namespace yijuan::ledger {

/// Sums over a log's entries.
struct LogTotals {
  std::uint64_t cash_count = 0;  // pieces for gifts
  Fen cash_sum;
  std::uint64_t test_count = 0;
  Fen test_sum;
  std::uint64_t gift_count = 0;
  Fen gift_sum;
  std::uint64_t disputed_count = 0;  // notes of which nobody knows whether they are in the box
  Fen disputed_sum;
  std::uint64_t tampers = 0;  // times that the box was opened or moved without authority
  std::uint64_t gaps = 0;     // entries that say so
  std::uint64_t lost = 0;     // events in them, as far as they could tell
  std::uint64_t unknown = 0;  // entries of unknown type
  std::uint64_t faults = 0;   // contradictions between entries
  std::uint64_t last_slip = 0;
  friend bool operator==(const LogTotals&, const LogTotals&) = default;
};

/// The last trusted reading of the boot that the log's newest entry was written in.
struct LogAnchor {
  std::string boot;
  domain::BootAnchor anchor;
  friend bool operator==(const LogAnchor& a, const LogAnchor& b) {
    return a.boot == b.boot && a.anchor.at == b.anchor.at && a.anchor.up == b.anchor.up;
  }
};

struct LogState {
  std::string origin;
  std::string box;
  std::string vkey;         // of the key that signs its checkpoints
  tlog::Frontier frontier;  // of all its entries
  std::string note;         // the newest checkpoint, cosigned; empty before the first batch
  std::optional<WallTime> received;  // the last batch
  std::optional<LogAnchor> anchor;
  LogTotals totals;
  std::map<std::string, domain::PendingNote> pending;  // notes about to be stacked, by device

  [[nodiscard]] std::uint64_t size() const { return frontier.size(); }
};

}  // namespace yijuan::ledger
