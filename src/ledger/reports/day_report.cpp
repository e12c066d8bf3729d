#include <algorithm>
#include <map>
#include <tuple>

#include "ledger/office/desk.hpp"
#include "ledger/reports/reports.hpp"
#include "tlog/words.hpp"

namespace yijuan::ledger {
namespace {

std::string shown(tlog::Activity activity) {
  switch (activity) {
    case tlog::Activity::one_yuan:
      return "一元捐";
    case tlog::Activity::one_day:
      return "一日捐";
    default:
      return "自由捐";
  }
}

Word word_of(tlog::Activity activity) {
  return {.word = std::string(tlog::to_text(activity)), .shown = shown(activity)};
}

Word word_of(tlog::Channel channel) {
  return {.word = std::string(tlog::to_text(channel)),
          .shown = channel == tlog::Channel::cash ? "现金" : "扫码"};
}

std::int64_t number(std::uint64_t count) {
  return static_cast<std::int64_t>(count);
}

// Gifts of forks that are not in the books, by day, box and channel.
Result<void> add_quarantined(LedgerStore& store, domain::Day from, domain::Day to, Table& table) {
  auto logs = store.logs();
  if (!logs) return logs.error();
  const std::vector<LogState> offices = offices_of(*logs);
  std::map<std::tuple<domain::Day, std::string, tlog::Channel>, Rollup> sums;
  for (const LogState& log : *logs) {
    if (log.kind != LogKind::fork || log.posted == log.size()) continue;
    auto waiting = quarantined_books(store, log, offices);
    if (!waiting) return waiting.error();
    for (const auto& [key, value] : waiting->rollups) {
      if (key.day < from || key.day > to) continue;
      Rollup& sum = sums[{key.day, log.box, key.channel}];
      sum.gifts += value.gifts;
      sum.people += value.people;
      sum.sum += value.sum;
    }
  }
  for (const auto& [key, sum] : sums) {
    const auto& [day, box, channel] = key;
    table.rows.push_back({domain::to_text(day), box,
                          Word{"quarantined", "隔离待入账（不计入合计）"}, word_of(channel),
                          number(sum.gifts), number(sum.people), sum.sum});
  }
  return {};
}

}  // namespace

Result<Table> day_report(LedgerStore& store, domain::Day from, domain::Day to) {
  auto rollups = store.rollups(from, to);
  if (!rollups) return rollups.error();
  auto accounts = store.accounts();
  if (!accounts) return accounts.error();
  std::ranges::sort(*rollups, [](const RollupRow& a, const RollupRow& b) {
    return std::tie(a.key.day, a.box, a.key) < std::tie(b.key.day, b.box, b.key);
  });
  Table table{.columns = {{"day", "日期"},
                          {"box", "箱号"},
                          {"activity", "活动"},
                          {"channel", "渠道"},
                          {"gifts", "捐赠笔数"},
                          {"people", "参与人次"},
                          {"fen", "金额（元）"}},
              .rows = {},
              .total = {}};
  Rollup total;
  for (const auto& [box, key, value] : *rollups) {
    table.rows.push_back({domain::to_text(key.day), box, word_of(key.activity),
                          word_of(key.channel), number(value.gifts), number(value.people),
                          value.sum});
    total.gifts += value.gifts;
    total.people += value.people;
    total.sum += value.sum;
  }
  for (const AccountRow& row : *accounts) {
    if (row.key.account != "test" || row.key.day < from || row.key.day > to) continue;
    table.rows.push_back({domain::to_text(row.key.day), row.box,
                          Word{"test", "测试款（不计入合计）"}, word_of(tlog::Channel::cash),
                          number(0), number(0), Fen(0) - row.balance});
  }
  auto added = add_quarantined(store, from, to, table);
  if (!added) return added.error();
  table.total = {Word{"total", "合计"}, {},       {}, {}, number(total.gifts),
                 number(total.people),  total.sum};
  return table;
}

}  // namespace yijuan::ledger
