// Folds a log's entries into its state and the books, batch by batch: the one function behind
// ingest and rebuild, so that a rebuild gives the same to the fen. Pure.
//
// The business day of an entry depends on entries before it and on its own batch only, and on when
// that batch was received; batches are stored, so a rebuild sees the same.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "ledger/books.hpp"
#include "ledger/log_state.hpp"
#include "tlog/entry.hpp"

namespace yijuan::ledger {

/// A piece that entries of a fork may name again, from `from` on.
struct RetoldPiece {
  Seq from = 0;
  tlog::Cash cash;
};

class LogFold {
 public:
  /// `open`: the cash of the log that is in no gift yet. `retold`, of a fork: retold_pieces().
  LogFold(LogState state, std::span<const domain::CashPiece> open,
          std::vector<RetoldPiece> retold = {});

  /// The next batch: `entries` with the `leaves` of their lines, received at `received`.
  /// REQUIRES: the entries continue the log.
  void add_batch(std::span<const tlog::Entry> entries, std::span<const Hash> leaves,
                 WallTime received);

  [[nodiscard]] const LogState& state() const { return state_; }
  /// Contradictions that entries of the last batch were found in, in words.
  [[nodiscard]] const std::vector<std::string>& faults() const { return books_.faults; }
  /// All that was changed since the beginning.
  [[nodiscard]] BookChanges changes() const;

 private:
  void add(const tlog::Entry& entry, std::optional<domain::BootAnchor> anchor, WallTime received);
  [[nodiscard]] bool is_retold(const tlog::Entry& entry) const;
  void take_totals();

  LogState state_;
  LogTotals before_;
  std::vector<domain::CashPiece> open_before_;
  std::vector<RetoldPiece> retold_;
  domain::Books books_;
  BookChanges changes_;
};

}  // namespace yijuan::ledger
