#include "ledger/verify_snapshot.hpp"

#include <algorithm>

namespace yijuan::ledger {
namespace {

using std::chrono::year;

bool same_head(const LogState& a, const LogState& b) {
  return a.origin == b.origin && a.size() == b.size() && a.posted == b.posted && a.note == b.note &&
         a.totals == b.totals;
}

template <class Row>
Result<std::map<std::string, std::vector<Row>>> by_box(Result<std::vector<Row>> rows) {
  if (!rows) return rows.error();
  std::map<std::string, std::vector<Row>> boxes;
  for (Row& row : *rows) {
    const std::string box = row.box;
    boxes[box].push_back(std::move(row));
  }
  return boxes;
}

Result<std::vector<LogState>> heads(LedgerStore& store) {
  auto logs = store.logs();
  if (logs) {
    std::ranges::sort(*logs, {}, [](const LogState& log) { return std::tie(log.box, log.origin); });
  }
  return logs;
}

// Boxes that have another log, or whose logs have other heads.
std::set<std::string> moved_between(const std::vector<LogState>& then,
                                    const std::vector<LogState>& now) {
  std::map<std::string_view, const LogState*> before;
  for (const LogState& log : then) before[log.origin] = &log;
  std::set<std::string> moved;
  for (const LogState& log : now) {
    const auto found = before.find(log.origin);
    if (found == before.end() || !same_head(*found->second, log)) moved.insert(log.box);
  }
  // What the office writes may be about any box.
  if (!moved.contains("")) return moved;
  for (const LogState& log : now) moved.insert(log.box);
  return moved;
}

}  // namespace

Result<VerifySnapshot> VerifySnapshot::take(LedgerStore& store) {
  VerifySnapshot snapshot;
  auto logs = heads(store);
  if (!logs) return logs.error();
  auto office = read_office_posts(store, *logs);
  if (!office) return office.error();
  auto rollups = by_box(store.rollups(year(1970) / 1 / 1, year(9999) / 12 / 31));
  if (!rollups) return rollups.error();
  auto accounts = by_box(store.accounts());
  if (!accounts) return accounts.error();
  for (const LogState& log : *logs) {
    auto open = store.open_cash(log.origin);
    if (!open) return open.error();
    snapshot.open_cash[log.origin] = *std::move(open);
  }
  auto now = heads(store);
  if (!now) return now.error();
  snapshot.moved = moved_between(*logs, *now);
  snapshot.logs = *std::move(logs);
  snapshot.office = *std::move(office);
  snapshot.rollups = *std::move(rollups);
  snapshot.accounts = *std::move(accounts);
  return snapshot;
}

}  // namespace yijuan::ledger
