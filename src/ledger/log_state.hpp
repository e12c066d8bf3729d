// What the ledger keeps of a log beside its entries: enough to go on with the next batch without
// reading the ones before.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

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

/// A fork is a history that a box's key signed beside the one that was cosigned: kept apart, in
/// sums of its own, and in the books only as far as the office has posted it.
enum class LogKind { box, office, fork };

/// A checkpoint of the log that was cosigned here once, and whose entries are not all here now.
struct Floor {
  std::uint64_t size = 0;
  Hash root{};
  friend bool operator==(const Floor&, const Floor&) = default;
};

/// What a fork tells again: see retold.hpp. Fixed when its entries came, so that they are counted
/// the same for ever.
struct Retold {
  Seq own = 0;  // entries before it stand in an earlier fork too
  /// Entries, by log, whose pieces the fork's next ones from `from` on may name once more.
  struct Known {
    Seq from = 0;
    std::map<std::string, std::vector<Seq>> pieces = {};
    friend bool operator==(const Known&, const Known&) = default;
  };
  std::vector<Known> known = {};
  friend bool operator==(const Retold&, const Retold&) = default;
};
/// JSON, as the stores keep it; of what tells nothing again it is empty.
std::string write_retold(const Retold& retold);
/// Nothing if it is not what write_retold gave.
std::optional<Retold> parse_retold(std::string_view text);

struct LogState {
  std::string origin;  // of a fork: fork_origin()
  std::string box;     // empty: the office's
  std::string vkey;    // of the key that signs its checkpoints
  LogKind kind = LogKind::box;
  Seq base = 0;        // first entry that is kept: above 0 in a fork only
  Retold retold = {};  // of a fork
  /// Of a fork: entries below it are in the books. Of a box's log: what the office posted to it, so
  /// that a batch that was checked before such a posting is checked again.
  std::uint64_t posted = 0;
  /// Nothing is cosigned below it, and at it only this root. Known while the log is refetched. Not
  /// above the log's size: what was cosigned is something else, and nothing is cosigned.
  std::optional<Floor> floor;
  /// Restored from a backup: nothing is cosigned before a box, or the public, has said how far the
  /// log had been cosigned.
  bool unsure = false;
  tlog::Frontier frontier;  // of all its entries
  /// The newest checkpoint, with the log's signature and (not on a fork) the cosignature. Empty
  /// before the first batch; older than `size` while the log is refetched.
  std::string note;
  std::optional<WallTime> received;  // the last batch
  std::optional<LogAnchor> anchor;
  LogTotals totals;
  std::map<std::string, domain::PendingNote> pending;  // notes about to be stacked, by device

  [[nodiscard]] std::uint64_t size() const { return frontier.size(); }
};

/// A fork's own name: of the leaf of its first entry that differs.
std::string fork_name(const Hash& leaf);
/// Under which name a fork of `origin` is kept.
std::string fork_origin(std::string_view origin, std::string_view fork);
/// The two halves of that name: the log's origin and the fork's own name (empty: no fork).
std::string_view log_of_fork(std::string_view fork_origin);
std::string_view name_of_fork(std::string_view fork_origin);

}  // namespace yijuan::ledger
