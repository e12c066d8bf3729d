// The ledger's store in one SQLite file. One connection writes and checkpoints, another reads, each
// under its own lock; no other process may write (SQLite before 3.51.3 can damage a WAL that two
// connections reset at once), which the daemon's file lock sees to.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "ledger/store/ledger_store.hpp"

namespace yijuan::ledger {

class SqliteStore final : public LedgerStore {
 public:
  struct Options {
    std::string path;
    bool make = false;  // where there is none
    /// SQLite's file layer, and io/files.hpp's settle_file() for it; empty for the system's own.
    /// Tests put faults in there.
    std::string vfs = {};
    std::function<Result<void>(const std::string& path)> settle = {};
  };
  /// Opens the file; one of the version before gets today's tables. What the last run left in the
  /// system's cache is made durable, or forgotten, before it is believed. LedgerErrc::no_store also
  /// where the making was cut; store_moved, store_unavailable, store_foreign, store_damaged.
  static Result<std::unique_ptr<SqliteStore>> open(const Options& options);
  ~SqliteStore() override;

  /// Whether the version before wrote the file, so that its books want replace_books().
  [[nodiscard]] bool has_old_books() const;

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
  Result<void> doubt_all() override;
  Result<Posted> post(const OfficePosting& posting) override;
  Result<void> set_status(std::string_view box, BoxStatus status) override;
  Result<std::vector<Appended>> append_all(std::span<const Appending* const> batches) override;
  Result<void> raise(const Alarm& alarm) override;
  Result<void> keep_last_words(std::span<const LastWord> words) override;
  Result<void> replace_books(std::span<const RebuiltLog> logs) override;
  Result<void> rest() override;

 private:
  struct Parts;
  explicit SqliteStore(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace yijuan::ledger
