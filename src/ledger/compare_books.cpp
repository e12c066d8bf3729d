// What `rebuild` and `verify` say about stored books that are not what the entries give.
#include <fmt/format.h>

#include <algorithm>

#include "ledger/stored_fold.hpp"
#include "tlog/words.hpp"

namespace yijuan::ledger {
namespace {

std::string describe(const RollupRow& row) {
  return fmt::format("{} {} {} {}: {} gifts, {} people, {} yuan", row.box,
                     domain::to_text(row.key.day), tlog::to_text(row.key.activity),
                     tlog::to_text(row.key.channel), row.value.gifts, row.value.people,
                     to_decimal(row.value.sum));
}

std::string describe(const AccountRow& row) {
  return fmt::format("{} {} account {}: {} yuan", row.box, domain::to_text(row.key.day),
                     row.key.account, to_decimal(row.balance));
}

template <class Row>
bool before(const Row& a, const Row& b) {
  return std::tie(a.box, a.key) < std::tie(b.box, b.key);
}

// Rows of either list that have no equal in the other, told after `words`.
template <class Row>
void tell_missing(std::span<const Row> rows, const std::vector<Row>& other, std::string_view words,
                  std::vector<std::string>& differences) {
  for (const Row& row : rows) {
    const auto found = std::lower_bound(other.begin(), other.end(), row, before<Row>);
    if (found == other.end() || !(*found == row)) {
      differences.push_back(std::string(words) + describe(row));
    }
  }
}

template <class Row>
void compare_rows(std::span<const Row> stored, std::vector<Row> rebuilt,
                  std::vector<std::string>& differences) {
  std::vector<Row> sorted(stored.begin(), stored.end());
  std::ranges::sort(sorted, before<Row>);
  std::ranges::sort(rebuilt, before<Row>);
  tell_missing<Row>(sorted, rebuilt, "was wrong: ", differences);
  tell_missing<Row>(rebuilt, sorted, "is now: ", differences);
}

bool same_piece(const domain::CashPiece& a, const domain::CashPiece& b) {
  return a.seq == b.seq && a.amount == b.amount && a.session == b.session && a.terms == b.terms;
}

}  // namespace

std::vector<std::string> compare_log(const LogState& stored, const RebuiltLog& log,
                                     std::span<const domain::CashPiece> open_cash) {
  std::vector<std::string> differences;
  if (log.state.frontier != stored.frontier) {
    differences.push_back(
        fmt::format("{}: the stored root of {} entries is not the root of the entries",
                    stored.origin, stored.size()));
  }
  if (log.state.totals != stored.totals || log.state.anchor != stored.anchor ||
      log.state.pending != stored.pending || log.state.posted != stored.posted) {
    differences.push_back(stored.origin + ": the log's totals were wrong");
  }
  if (!std::ranges::equal(open_cash, log.changes.opened, same_piece)) {
    differences.push_back(stored.origin + ": the list of its open cash was wrong");
  }
  return differences;
}

std::vector<std::string> compare_books(std::span<const RollupRow> rollups,
                                       std::span<const AccountRow> accounts,
                                       std::span<const RebuiltLog> logs) {
  std::map<std::string, BookChanges> boxes;
  for (const RebuiltLog& log : logs) merge(boxes[log.state.box], BookChanges(log.changes));
  std::vector<RollupRow> new_rollups;
  std::vector<AccountRow> new_accounts;
  for (const auto& [box, changes] : boxes) {
    for (const auto& [key, value] : changes.rollups) new_rollups.push_back({box, key, value});
    for (const auto& [key, balance] : changes.accounts) new_accounts.push_back({box, key, balance});
  }
  std::vector<std::string> differences;
  compare_rows<RollupRow>(rollups, std::move(new_rollups), differences);
  compare_rows<AccountRow>(accounts, std::move(new_accounts), differences);
  return differences;
}

}  // namespace yijuan::ledger
