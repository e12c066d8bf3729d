#include "ledger/store_comparison.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "ledger/stored_tree.hpp"
#include "tlog/leaf.hpp"

namespace yijuan::ledger {
namespace {

constexpr std::uint64_t kAtOnce = 4096;
constexpr domain::Day kFirstDay = std::chrono::year(1970) / 1 / 1;
constexpr domain::Day kLastDay = std::chrono::year(9999) / 12 / 31;

struct Pair {
  LedgerStore& one;
  LedgerStore& other;
  const std::function<void(std::uint64_t)>& tell;
  Comparison found;
};

void add_row(Pair& pair, std::string what, std::string one, std::string other,
             std::vector<std::string> differs) {
  const bool same = differs.empty();
  pair.found.equal = pair.found.equal && same;
  pair.found.table.rows.push_back(
      {std::move(what), std::move(one), std::move(other),
       same ? Cell(Word{"equal", "一致"}) : Cell(Word{"different", "不一致"}), std::move(differs)});
}

// The same question to both.
template <class Value, class... Arguments>
Result<std::pair<Value, Value>> ask(Pair& pair,
                                    Result<Value> (LedgerStore::*question)(Arguments...),
                                    std::type_identity_t<Arguments>... arguments) {
  auto one = (pair.one.*question)(arguments...);
  if (!one) return one.error();
  auto other = (pair.other.*question)(arguments...);
  if (!other) return other.error();
  return std::pair(*std::move(one), *std::move(other));
}

bool same(const Box& a, const Box& b) {
  return a.id == b.id && a.status == b.status && a.key_fingerprint == b.key_fingerprint &&
         a.since == b.since;
}

bool same(const Alarm& a, const Alarm& b) {
  return std::tie(a.box, a.origin, a.code, a.text, a.evidence, a.first, a.last, a.count) ==
         std::tie(b.box, b.origin, b.code, b.text, b.evidence, b.first, b.last, b.count);
}

bool same(const LastWord& a, const LastWord& b) {
  return std::tie(a.box, a.received, a.json) == std::tie(b.box, b.received, b.json);
}

bool same(const BatchMark& a, const BatchMark& b) {
  return std::tie(a.first, a.count, a.received) == std::tie(b.first, b.count, b.received);
}

bool same(const domain::CashPiece& a, const domain::CashPiece& b) {
  return a.seq == b.seq && a.amount == b.amount && a.session == b.session && a.terms == b.terms;
}

bool same(const RollupRow& a, const RollupRow& b) {
  return a == b;
}

bool same(const AccountRow& a, const AccountRow& b) {
  return a == b;
}

template <class Rows>
bool same_rows(const std::pair<Rows, Rows>& rows) {
  return std::ranges::equal(rows.first, rows.second,
                            [](const auto& a, const auto& b) { return same(a, b); });
}

// Which parts of a log's head differ, in words.
std::vector<std::string> differences(const LogState& a, const LogState& b) {
  std::vector<std::string> names;
  const auto check = [&names](const char* name, bool equal) {
    if (!equal) names.emplace_back(name);
  };
  check("box", a.box == b.box);
  check("key", a.vkey == b.vkey);
  check("kind", a.kind == b.kind && a.base == b.base && a.retold == b.retold);
  check("posted", a.posted == b.posted);
  check("floor", a.floor == b.floor && a.unsure == b.unsure);
  check("size", a.size() == b.size());
  check("root", a.frontier == b.frontier);
  check("note", a.note == b.note);
  check("received", a.received == b.received);
  check("anchor", a.anchor == b.anchor);
  check("totals", a.totals == b.totals);
  check("pending", a.pending == b.pending);
  return names;
}

// The roots that the rows themselves give, read side by side.
Result<std::pair<Hash, Hash>> roots(Pair& pair, const LogState& log,
                                    std::vector<std::string>& differs) {
  auto before = frontier_at(pair.one, log, log.base);
  if (!before) return before.error();
  std::pair frontiers(*before, *before);
  for (Seq seq = log.base; seq < log.size(); seq += kAtOnce) {
    const std::uint64_t count = std::min(kAtOnce, log.size() - seq);
    auto lines = ask(pair, &LedgerStore::lines, log.origin, seq, count);
    if (!lines) return lines.error();
    for (const std::string& line : lines->first) frontiers.first.append(tlog::leaf_hash(line));
    for (const std::string& line : lines->second) frontiers.second.append(tlog::leaf_hash(line));
    if (lines->first != lines->second && differs.empty()) {
      differs.push_back(fmt::format("entries from {}", seq));
    }
    pair.tell(count);
  }
  return std::pair(frontiers.first.root(), frontiers.second.root());
}

std::string shown(std::uint64_t size, const Hash& root) {
  return fmt::format("{} {}", size, to_hex(root).substr(0, 16));
}

Result<void> compare_log(Pair& pair, const LogState& one, const LogState& other) {
  std::vector<std::string> differs;
  auto of_rows = roots(pair, one, differs);
  if (!of_rows) return of_rows.error();
  for (std::string& name : differences(one, other)) differs.push_back(std::move(name));
  if (of_rows->first != one.frontier.root()) differs.emplace_back("rows of the first");
  if (of_rows->second != other.frontier.root()) differs.emplace_back("rows of the second");
  auto batches = ask(pair, &LedgerStore::batches, one.origin);
  if (!batches) return batches.error();
  if (!same_rows(*batches)) differs.emplace_back("batches");
  auto open = ask(pair, &LedgerStore::open_cash, one.origin);
  if (!open) return open.error();
  if (!same_rows(*open)) differs.emplace_back("open cash");
  add_row(pair, one.origin, shown(one.size(), of_rows->first), shown(other.size(), of_rows->second),
          std::move(differs));
  return {};
}

Result<void> compare_logs(Pair& pair) {
  auto logs = ask(pair, &LedgerStore::logs);
  if (!logs) return logs.error();
  for (const LogState& one : logs->first) {
    const auto other = std::ranges::lower_bound(logs->second, one.origin, {}, &LogState::origin);
    if (other == logs->second.end() || other->origin != one.origin) {
      add_row(pair, one.origin, std::to_string(one.size()), "", {"missing"});
      continue;
    }
    auto compared = compare_log(pair, one, *other);
    if (!compared) return compared;
  }
  if (logs->first.size() != logs->second.size()) {
    add_row(pair, "logs", std::to_string(logs->first.size()), std::to_string(logs->second.size()),
            {"number"});
  }
  return {};
}

template <class Row>
std::string summed(const std::vector<Row>& rows) {
  if constexpr (std::is_same_v<Row, RollupRow>) {
    std::uint64_t gifts = 0;
    Fen sum;
    for (const RollupRow& row : rows) {
      gifts += row.value.gifts;
      sum += row.value.sum;
    }
    return fmt::format("{}: {} gifts, {} yuan", rows.size(), gifts, to_decimal(sum));
  } else if constexpr (std::is_same_v<Row, AccountRow>) {
    Fen debits;
    for (const AccountRow& row : rows) debits += std::max(row.balance, Fen());
    return fmt::format("{}: {} yuan debit", rows.size(), to_decimal(debits));
  } else {
    return std::to_string(rows.size());
  }
}

template <class Rows, class... Arguments>
Result<void> compare_rows(Pair& pair, const char* what,
                          Result<Rows> (LedgerStore::*question)(Arguments...),
                          std::type_identity_t<Arguments>... arguments) {
  auto rows = ask(pair, question, arguments...);
  if (!rows) return rows.error();
  std::vector<std::string> differs;
  if (!same_rows(*rows)) differs.emplace_back("rows");
  add_row(pair, what, summed(rows->first), summed(rows->second), std::move(differs));
  return {};
}

}  // namespace

Result<Comparison> compare_stores(LedgerStore& one, LedgerStore& other,
                                  const std::function<void(std::uint64_t entries)>& tell) {
  Pair pair{.one = one, .other = other, .tell = tell, .found = {}};
  pair.found.equal = true;
  pair.found.table.columns = {
      {"what", "内容"}, {"from", "来源"}, {"to", "目标"}, {"result", "结果"}, {"differs", "差异"}};
  auto done = compare_logs(pair);
  if (done) done = compare_rows(pair, "boxes", &LedgerStore::boxes);
  if (done) done = compare_rows(pair, "rollups", &LedgerStore::rollups, kFirstDay, kLastDay);
  if (done) done = compare_rows(pair, "accounts", &LedgerStore::accounts);
  if (done) done = compare_rows(pair, "alarms", &LedgerStore::alarms);
  if (done) done = compare_rows(pair, "last_words", &LedgerStore::last_words);
  if (!done) return done.error();
  return std::move(pair.found);
}

}  // namespace yijuan::ledger
