#include "ledger/rebuild.hpp"

#include <utility>

#include "ledger/stored_fold.hpp"

namespace yijuan::ledger {
namespace {

using std::chrono::year;
constexpr domain::Day kFirstDay = year(1970) / 1 / 1;
constexpr domain::Day kLastDay = year(9999) / 12 / 31;

struct Walk {
  LedgerStore& store;
  Rebuilt& report;
  const RebuildProgress& progress;
  OfficePosts office;
  std::uint64_t all = 0;

  void tell(std::vector<std::string> differences) {
    for (std::string& difference : differences) {
      report.differences.push_back(std::move(difference));
    }
  }
};

Result<RebuiltLog> fold_log(Walk& walk, const LogState& stored) {
  auto fold = StoredFold::begin(walk.store, stored, walk.office);
  if (!fold) return fold.error();
  auto batches = walk.store.batches(stored.origin);
  if (!batches) return batches.error();
  for (const BatchMark& mark : *batches) {
    auto lines = walk.store.lines(stored.origin, mark.first, mark.count);
    if (!lines) return lines.error();
    auto wrong = fold->add(mark, *lines);
    if (wrong) {
      walk.report.differences.push_back(*std::move(wrong));
      break;
    }
    walk.report.entries += mark.count;
    if (walk.progress) walk.progress(walk.report.entries, walk.all);
  }
  auto open = walk.store.open_cash(stored.origin);
  if (!open) return open.error();
  walk.tell(compare_log(stored, fold->log(), *open));
  ++walk.report.logs;
  return fold->log();
}

Result<void> compare_all(Walk& walk, const std::vector<RebuiltLog>& logs) {
  auto rollups = walk.store.rollups(kFirstDay, kLastDay);
  if (!rollups) return rollups.error();
  auto accounts = walk.store.accounts();
  if (!accounts) return accounts.error();
  walk.tell(compare_books(*rollups, *accounts, logs));
  return {};
}

}  // namespace

Result<Rebuilt> rebuild_books(LedgerStore& store, const RebuildProgress& progress) {
  Rebuilt report;
  Walk walk{.store = store, .report = report, .progress = progress, .office = {}};
  auto stored = store.logs();
  if (!stored) return stored.error();
  for (const LogState& log : *stored) walk.all += log.size() - log.base;
  auto office = read_office_posts(store, *stored);
  if (!office) return office.error();
  walk.office = *std::move(office);
  std::vector<RebuiltLog> logs;
  for (const LogState& log : *stored) {
    auto folded = fold_log(walk, log);
    if (!folded) return folded.error();
    logs.push_back(*std::move(folded));
  }
  auto compared = compare_all(walk, logs);
  if (!compared) return compared.error();
  auto replaced = store.replace_books(logs);
  if (!replaced) return replaced.error();
  return report;
}

}  // namespace yijuan::ledger
