// The ledger's store in a PostgreSQL database, which several ledgerd may share. One connection
// writes and another reads, each under its own lock. A server that is away is
// LedgerErrc::store_away and no more than that: the next call connects anew.
#pragma once

#include <memory>

#include "ledger/store/ledger_store.hpp"
#include "ledger/store/postgres/connection.hpp"

namespace yijuan::ledger {

/// A stretch of a log as another store holds it.
struct History {
  std::uint64_t expected_size = 0;
  std::vector<std::string> lines;
  std::vector<BatchMark> batches;  // that they came in
  LogState next;                   // the log after
};

class PostgresStore final : public LedgerStore {
 public:
  struct Options {
    std::string where;  // for libpq: "host=… dbname=…" or a URI
    postgres::Limits limits;
    bool make = false;        // its tables, in a database that has none
    bool unfinished = false;  // also one that another store is being copied into
  };
  /// Connects. LedgerErrc::no_store: the tables are not made; store_away, store_unavailable (a
  /// server that does not keep what it confirms; half a copy), store_foreign.
  static Result<std::unique_ptr<PostgresStore>> open(const Options& options);
  ~PostgresStore() override;

  /// Whose copy this will be; nothing if it is whole.
  Result<std::optional<std::string>> copy_of();
  /// From here on nobody opens it but who goes on with the copy; until end_copy().
  Result<void> begin_copy(std::string_view name);
  Result<void> end_copy();
  /// For a copy: entries and batches, not the books.
  Result<Appended> bring(const History& history);

  Result<std::optional<Box>> box(std::string_view id) override;
  Result<std::vector<Box>> boxes() override;
  Result<std::optional<LogState>> log(std::string_view origin) override;
  Result<std::vector<LogState>> logs() override;
  Result<std::vector<LogState>> forks(std::string_view origin) override;
  Result<std::vector<domain::CashPiece>> open_cash(std::string_view origin) override;
  Result<std::vector<std::string>> lines(std::string_view origin, Seq first,
                                         std::uint64_t count) override;
  Result<std::vector<BatchMark>> batches(std::string_view origin) override;
  Result<std::vector<RollupRow>> rollups(domain::Day from, domain::Day to) override;
  Result<std::vector<AccountRow>> accounts() override;
  Result<std::vector<LastWord>> last_words() override;
  Result<std::vector<Alarm>> alarms() override;

  Result<void> add_box(const Box& box, const LogState& log) override;
  Result<bool> add_log(const LogState& log) override;
  Result<bool> set_floor(const LogState& log) override;
  /// One transaction for each box.
  Result<void> doubt_all() override;
  Result<Posted> post(const OfficePosting& posting) override;
  Result<void> set_status(std::string_view box, BoxStatus status) override;
  /// One transaction for each batch: none writes rows of two boxes. After an error those before
  /// it are stored, and are Appended::moved if they come again.
  Result<std::vector<Appended>> append_all(std::span<const Appending* const> batches) override;
  Result<void> raise(const Alarm& alarm) override;
  Result<void> keep_last_words(std::span<const LastWord> words) override;
  /// One transaction for each box. LedgerErrc::store_busy: a log grew meanwhile; the boxes before
  /// it have their new books.
  Result<void> replace_books(std::span<const RebuiltLog> logs) override;
  Result<void> rest() override { return {}; }  // the server has its own housekeeping

 private:
  struct Parts;
  explicit PostgresStore(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace yijuan::ledger
