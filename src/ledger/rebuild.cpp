#include "ledger/rebuild.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "ledger/fork.hpp"
#include "ledger/log_fold.hpp"
#include "ledger/office_books.hpp"
#include "ledger/stored_tree.hpp"
#include "tlog/entry_line.hpp"
#include "tlog/leaf.hpp"
#include "tlog/words.hpp"

namespace yijuan::ledger {
namespace {

using std::chrono::year;
constexpr domain::Day kFirstDay = year(1970) / 1 / 1;
constexpr domain::Day kLastDay = year(9999) / 12 / 31;

void merge(BookChanges& into, BookChanges&& more) {
  for (const auto& [key, value] : more.rollups) {
    Rollup& sum = into.rollups[key];
    sum.gifts += value.gifts;
    sum.people += value.people;
    sum.sum += value.sum;
  }
  for (const auto& [key, amount] : more.accounts) into.accounts[key] += amount;
  into.unknown.insert(into.unknown.end(), more.unknown.begin(), more.unknown.end());
  std::erase_if(into.opened, [&](const domain::CashPiece& piece) {
    return std::ranges::find(more.closed, piece.seq) != more.closed.end();
  });
  into.opened.insert(into.opened.end(), more.opened.begin(), more.opened.end());
}

// What the office posted to the logs of boxes, in its order.
struct OfficePosts {
  struct Closed {
    OfficeEntry entry;
    domain::Day day;
    tlog::Closing closing;
  };
  struct Taken {
    std::vector<OfficeEntry> entries;
    std::uint64_t posted = 0;  // entries of the fork below it
  };
  std::map<std::string, std::vector<Closed>> closings;  // by the log's origin
  std::map<std::string, Taken> forks;                   // by the fork's
};

struct Walk {
  LedgerStore& store;
  Rebuilt& report;
  const RebuildProgress& progress;
  OfficePosts office;
  std::vector<tlog::Cash> taken;  // of the fork that is folded: cash_before_fork()
  std::uint64_t all = 0;
};

void take_office_entry(const OfficeEntry& at, const tlog::Entry& entry, OfficePosts& posts) {
  if (const auto* closing = std::get_if<tlog::Closing>(&entry.body)) {
    posts.closings[closing->origin].push_back({at, office_day(entry.header), *closing});
  } else if (const auto* taken = std::get_if<tlog::Quarantined>(&entry.body)) {
    auto& fork = posts.forks[fork_origin(taken->origin, taken->fork)];
    fork.entries.push_back(at);
    fork.posted = taken->first + taken->leaves.size();
  }
}

Result<void> read_office(LedgerStore& store, const LogState& log, OfficePosts& posts) {
  auto lines = store.lines(log.origin, 0, log.size());
  if (!lines) return lines.error();
  for (const std::string& line : *lines) {
    const auto entry = tlog::parse_line(line);
    if (entry) take_office_entry({log.origin, entry->header.seq}, *entry, posts);
  }
  return {};
}

// The closings that the office wrote when the log was of this size.
void close_as_the_office_did(const OfficePosts& posts, RebuiltLog& log) {
  const auto closings = posts.closings.find(log.state.origin);
  if (closings == posts.closings.end()) return;
  for (const OfficePosts::Closed& closed : closings->second) {
    if (closed.closing.size != log.state.size()) continue;
    merge(log.changes, closing_changes(closed.closing, closed.day, log.changes.opened));
    log.posted.push_back(closed.entry);
  }
}

// Folds one stored batch; nothing if its entries are not what they must be.
Result<bool> fold_batch(Walk& walk, const BatchMark& mark, RebuiltLog& log) {
  const std::string& origin = log.state.origin;
  if (mark.first != log.state.size()) {
    walk.report.differences.push_back(fmt::format("{}: a batch begins at entry {}, not {}", origin,
                                                  mark.first, log.state.size()));
    return false;
  }
  auto lines = walk.store.lines(origin, mark.first, mark.count);
  if (!lines) return lines.error();
  std::vector<tlog::Entry> entries;
  std::vector<Hash> leaves;
  for (const std::string& line : *lines) {
    auto entry = tlog::parse_line(line);
    if (!entry || entry->header.seq != mark.first + entries.size()) break;
    entries.push_back(*std::move(entry));
    leaves.push_back(tlog::leaf_hash(line));
  }
  if (entries.size() != mark.count) {
    walk.report.differences.push_back(
        fmt::format("{}: entry {} is missing or damaged", origin, mark.first + entries.size()));
    return false;
  }
  LogFold fold(log.state, log.changes.opened, walk.taken);
  fold.add_batch(entries, leaves, mark.received);
  log.state = fold.state();
  BookChanges changes = fold.changes();
  if (log.state.kind == LogKind::fork && mark.first >= log.state.posted) {
    changes.rollups.clear();
    changes.accounts.clear();
  }
  merge(log.changes, std::move(changes));
  close_as_the_office_did(walk.office, log);
  walk.report.entries += entries.size();
  if (walk.progress) walk.progress(walk.report.entries, walk.all);
  return true;
}

Result<RebuiltLog> fold_log(Walk& walk, const LogState& stored) {
  RebuiltLog log;
  log.state.origin = stored.origin;
  log.state.box = stored.box;
  log.state.vkey = stored.vkey;
  log.state.note = stored.note;
  log.state.kind = stored.kind;
  log.state.base = stored.base;
  log.state.posted = stored.base;
  log.state.floor = stored.floor;
  walk.taken.clear();
  if (stored.kind == LogKind::fork) {
    auto before = frontier_at(walk.store, stored, stored.base);
    if (!before) return before.error();
    log.state.frontier = *std::move(before);
    auto pieces = cash_before_fork(walk.store, stored);
    if (!pieces) return pieces.error();
    walk.taken = *std::move(pieces);
    const auto taken = walk.office.forks.find(stored.origin);
    if (taken != walk.office.forks.end()) {
      log.state.posted = taken->second.posted;
      log.posted = taken->second.entries;
    }
  }
  auto batches = walk.store.batches(stored.origin);
  if (!batches) return batches.error();
  for (const BatchMark& mark : *batches) {
    auto folded = fold_batch(walk, mark, log);
    if (!folded) return folded.error();
    if (!*folded) break;
  }
  if (log.state.frontier != stored.frontier) {
    walk.report.differences.push_back(
        fmt::format("{}: the stored root of {} entries is not the root of the entries",
                    stored.origin, stored.size()));
  }
  if (log.state.totals != stored.totals || log.state.anchor != stored.anchor ||
      log.state.pending != stored.pending ||
      (stored.kind == LogKind::fork && log.state.posted != stored.posted)) {
    walk.report.differences.push_back(stored.origin + ": the log's totals were wrong");
  }
  ++walk.report.logs;
  return log;
}

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

// Rows of both lists that have no equal in the other.
template <class Row>
void compare(const std::vector<Row>& stored, const std::vector<Row>& rebuilt, Rebuilt& report) {
  for (const Row& row : stored) {
    if (std::ranges::find(rebuilt, row) == rebuilt.end()) {
      report.differences.push_back("was wrong: " + describe(row));
    }
  }
  for (const Row& row : rebuilt) {
    if (std::ranges::find(stored, row) == stored.end()) {
      report.differences.push_back("is now: " + describe(row));
    }
  }
}

Result<void> compare_open_cash(LedgerStore& store, const RebuiltLog& log, Rebuilt& report) {
  auto open = store.open_cash(log.state.origin);
  if (!open) return open.error();
  const auto same = [](const domain::CashPiece& a, const domain::CashPiece& b) {
    return a.seq == b.seq && a.amount == b.amount && a.session == b.session && a.terms == b.terms;
  };
  if (!std::ranges::equal(*open, log.changes.opened, same)) {
    report.differences.push_back(log.state.origin + ": the list of its open cash was wrong");
  }
  return {};
}

Result<void> compare_books(LedgerStore& store, const std::vector<RebuiltLog>& logs,
                           Rebuilt& report) {
  auto rollups = store.rollups(kFirstDay, kLastDay);
  if (!rollups) return rollups.error();
  auto accounts = store.accounts();
  if (!accounts) return accounts.error();
  std::map<std::string, BookChanges> boxes;
  for (const RebuiltLog& log : logs) {
    auto done = compare_open_cash(store, log, report);
    if (!done) return done;
    merge(boxes[log.state.box], BookChanges(log.changes));
  }
  std::vector<RollupRow> new_rollups;
  std::vector<AccountRow> new_accounts;
  for (const auto& [box, changes] : boxes) {
    for (const auto& [key, value] : changes.rollups) new_rollups.push_back({box, key, value});
    for (const auto& [key, balance] : changes.accounts) new_accounts.push_back({box, key, balance});
  }
  compare(*rollups, new_rollups, report);
  compare(*accounts, new_accounts, report);
  return {};
}

}  // namespace

Result<Rebuilt> rebuild_books(LedgerStore& store, const RebuildProgress& progress) {
  Rebuilt report;
  Walk walk{.store = store, .report = report, .progress = progress, .office = {}, .taken = {}};
  auto stored = store.logs();
  if (!stored) return stored.error();
  for (const LogState& log : *stored) {
    walk.all += log.size() - log.base;
    if (log.kind != LogKind::office) continue;
    auto read = read_office(store, log, walk.office);
    if (!read) return read.error();
  }
  std::vector<RebuiltLog> logs;
  for (const LogState& log : *stored) {
    auto folded = fold_log(walk, log);
    if (!folded) return folded.error();
    logs.push_back(*std::move(folded));
  }
  auto compared = compare_books(store, logs, report);
  if (!compared) return compared.error();
  auto replaced = store.replace_books(logs);
  if (!replaced) return replaced.error();
  return report;
}

}  // namespace yijuan::ledger
