// Folds what the store holds of a log, batch by batch, as ingest did: the one way behind `rebuild`
// and `verify`. What is wrong with the entries is said in words, and ends the fold of that log.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ledger/log_fold.hpp"
#include "ledger/store/ledger_store.hpp"
#include "tlog/entry.hpp"

namespace yijuan::ledger {

/// What the office posted to the logs of boxes, in its order.
struct OfficePosts {
  struct Closed {
    OfficeEntry entry;
    domain::Day day;
    tlog::Closing closing;
  };
  struct Taken {
    OfficeEntry entry;
    tlog::Quarantined quarantined;
  };
  std::map<std::string, std::vector<Closed>> closings;  // by the log's origin
  std::map<std::string, std::vector<Taken>> forks;      // by the fork's
};
/// Whether the entries that the office took into the books are those that are kept of the fork, and
/// all of them are.
Result<bool> holds_cited(LedgerStore& store, const LogState& fork, const tlog::Quarantined& cited);
/// From the office's logs among `logs`.
Result<OfficePosts> read_office_posts(LedgerStore& store, std::span<const LogState> logs);

class StoredFold {
 public:
  /// `stored` tells whose log it is; `office` outlives the fold.
  static Result<StoredFold> begin(LedgerStore& store, const LogState& stored,
                                  const OfficePosts& office);

  /// Of a fork: its entries below this are in the books, whatever the office posted. REQUIRES:
  /// before the first batch.
  void count_below(std::uint64_t posted) { log_.state.posted = posted; }
  /// The root of the first `size` entries is kept when they are passed.
  void want_root(std::uint64_t size) { roots_.try_emplace(size); }
  /// The next batch, with its lines; says what is wrong with them.
  std::optional<std::string> add(const BatchMark& mark, std::span<const std::string> lines);

  [[nodiscard]] const RebuiltLog& log() const { return log_; }
  /// Of a size that was wanted; nothing if it was not reached.
  [[nodiscard]] std::optional<Hash> root_at(std::uint64_t size) const;

 private:
  explicit StoredFold(const OfficePosts& office) : office_(&office) {}
  void keep_roots(std::span<const Hash> leaves);
  void close_as_the_office_did();
  Result<void> post_as_the_office_did(LedgerStore& store, const LogState& stored);

  const OfficePosts* office_;
  std::vector<RetoldPiece> retold_;  // of a fork: retold_pieces()
  RebuiltLog log_;
  std::map<std::uint64_t, std::optional<Hash>> roots_;
};

/// Folds a fork as if its entries below `posted` were in the books.
Result<RebuiltLog> fold_fork(LedgerStore& store, const LogState& fork, std::uint64_t posted,
                             const OfficePosts& office);
/// What `more` has in rollups and accounts beyond `less`, of the same log.
BookChanges difference(const BookChanges& more, const BookChanges& less);

/// Adds to `into` what `more` changed after it.
void merge(BookChanges& into, BookChanges&& more);

/// What differs between a stored log and its fold, in words.
std::vector<std::string> compare_log(const LogState& stored, const RebuiltLog& log,
                                     std::span<const domain::CashPiece> open_cash);
/// What differs between stored rows, of the boxes of `logs` alone, and the folds of all their logs.
std::vector<std::string> compare_books(std::span<const RollupRow> rollups,
                                       std::span<const AccountRow> accounts,
                                       std::span<const RebuiltLog> logs);

}  // namespace yijuan::ledger
