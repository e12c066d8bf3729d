#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "ledger/office/desk.hpp"
#include "ledger/reports/reports.hpp"
#include "sync/heartbeat.hpp"

namespace yijuan::ledger {
namespace {

std::int64_t number(std::uint64_t count) {
  return static_cast<std::int64_t>(count);
}

Word word_of(BoxStatus status) {
  return status == BoxStatus::active ? Word{"active", "在用"} : Word{"revoked", "停用"};
}

// What a box said last about one of its logs.
struct Told {
  std::optional<WallTime> received;
  std::optional<sync::Heartbeat> heartbeat;
  // No batch came since: a box sends them much more often than it speaks of itself.
  bool since_last_batch = false;
};

Told told_of(const std::vector<LastWord>& words, const LogState& log) {
  for (const LastWord& word : words) {
    if (word.box != log.box) continue;
    auto heartbeat = sync::parse_heartbeat(word.json);
    if (!heartbeat || heartbeat->origin != log.origin) return {};
    return {.received = word.received,
            .heartbeat = *std::move(heartbeat),
            .since_last_batch = !log.received || word.received >= *log.received};
  }
  return {};
}

// Why nothing is cosigned.
std::string doubt_of(const LogState& log) {
  if (log.floor && log.floor->size <= log.size()) {
    return "restored: the entries here are not those that had been signed";
  }
  if (log.floor) {
    return fmt::format("restored: {} entries are here, {} had been signed", log.size(),
                       log.floor->size);
  }
  return "restored: nobody has said how far it had come";
}

std::vector<std::string> alarms_of(const std::vector<Alarm>& alarms, const LogState& log,
                                   const Told& told) {
  std::vector<std::string> texts;
  for (const Alarm& alarm : alarms) {
    const bool of_box = alarm.origin.empty() && alarm.box == log.box && log.kind == LogKind::box;
    if (of_box || alarm.origin == log.origin) texts.push_back(alarm.code + ": " + alarm.text);
  }
  if (log.kind != LogKind::fork && (log.floor || log.unsure)) texts.push_back(doubt_of(log));
  if (!told.heartbeat) return texts;
  if (!told.heartbeat->alarm.empty()) texts.push_back("box: " + told.heartbeat->alarm);
  if (told.since_last_batch && told.heartbeat->head < log.size()) {
    texts.push_back("rollback: the box has fewer entries than it sent");
  }
  return texts;
}

Cell time_cell(std::optional<WallTime> time) {
  if (!time) return {};
  return Word{.word = to_rfc3339(*time), .shown = domain::shanghai_text(*time, true)};
}

Word status_of(const LogState& log, BoxStatus status) {
  if (log.kind == LogKind::office) return {"office", "管理端"};
  if (log.kind != LogKind::fork) return word_of(status);
  return log.posted == log.size() ? Word{"posted", "隔离，已入账"} : Word{"quarantined", "隔离"};
}

// What is known to be missing of a log.
std::string hole_of(const std::vector<tlog::Lost>& lost, const LogState& log) {
  const auto found = std::ranges::find(lost, log.origin, &tlog::Lost::origin);
  if (found == lost.end()) return {};
  if (found->head == found->size) return fmt::format("流水遗失于 {} 条之后", found->size);
  return fmt::format("流水遗失：{} 至 {} 条，现金 {} 枚 {} 元", found->size, found->head - 1,
                     found->unsynced,
                     to_decimal(Fen(static_cast<std::int64_t>(found->unsynced_fen))));
}

// What stands beside the logs in the store, for the rows of all of them.
struct Beside {
  std::vector<Alarm> alarms;
  std::vector<tlog::Lost> lost;
  std::map<std::string, Fen> quarantined;  // of forks that are not wholly in the books
};

Result<Beside> read_beside(LedgerStore& store, const std::vector<LogState>& logs) {
  Beside beside;
  auto alarms = store.alarms();
  if (!alarms) return alarms.error();
  beside.alarms = *std::move(alarms);
  const std::vector<LogState> offices = offices_of(logs);
  auto lost = lost_logs(store, offices);
  if (!lost) return lost.error();
  beside.lost = *std::move(lost);
  for (const LogState& log : logs) {
    if (log.kind != LogKind::fork || log.posted == log.size()) continue;
    auto waiting = quarantined_books(store, log, offices);
    if (!waiting) return waiting.error();
    beside.quarantined[log.origin] = cash_of(*waiting);
  }
  return beside;
}

Cell quarantined_cell(const Beside& beside, const LogState& log) {
  if (log.kind != LogKind::fork) return {};
  const auto found = beside.quarantined.find(log.origin);
  return found == beside.quarantined.end() ? Fen(0) : found->second;
}

std::vector<Cell> row_of(const LogState& log, const Told& told, BoxStatus status,
                         const Beside& beside) {
  const auto contact = std::max(log.received, told.received);
  std::vector<Cell> row = {log.box, log.origin, status_of(log, status), time_cell(contact)};
  if (told.heartbeat) {
    const std::uint64_t head = std::max(told.heartbeat->head, log.size());
    row.emplace_back(number(told.since_last_batch ? told.heartbeat->head : head));
    row.emplace_back(number(log.size()));
    row.emplace_back(number(head - log.size()));
    const bool all_came = !told.since_last_batch && head == log.size();
    row.emplace_back(number(all_came ? 0 : told.heartbeat->unsynced));
    row.emplace_back(all_came ? Fen() : told.heartbeat->unsynced_sum);
  } else {
    row.insert(row.end(), {Cell(), Cell(number(log.size())), Cell(), Cell(), Cell()});
  }
  Fen pending;
  for (const auto& [device, note] : log.pending) pending += note.intent.amount;
  row.emplace_back(number(log.totals.disputed_count));
  row.emplace_back(log.totals.disputed_sum);
  row.emplace_back(pending);
  row.emplace_back(log.totals.test_sum);
  row.emplace_back(number(log.totals.gaps));
  row.emplace_back(number(log.totals.lost));
  row.emplace_back(number(log.totals.unknown));
  row.push_back(quarantined_cell(beside, log));
  row.emplace_back(hole_of(beside.lost, log));
  row.emplace_back(alarms_of(beside.alarms, log, told));
  return row;
}

// Of what is no box and no log of this ledger: who knocked and was not let in.
void add_strangers(Table& table, const std::vector<Alarm>& alarms, const std::vector<Box>& boxes) {
  for (const Alarm& alarm : alarms) {
    const bool known = std::ranges::find(boxes, alarm.box, &Box::id) != boxes.end();
    if (known || !alarm.origin.empty()) continue;
    std::vector<Cell> row(table.columns.size());
    row[0] = alarm.box;
    row[1] = std::string();
    row[2] = Word{"stranger", "外来"};
    row[3] = time_cell(alarm.last);
    row.back() = std::vector<std::string>{alarm.code + ": " + alarm.text};
    table.rows.push_back(std::move(row));
  }
}

}  // namespace

Result<Table> sync_report(LedgerStore& store) {
  auto boxes = store.boxes();
  if (!boxes) return boxes.error();
  auto logs = store.logs();
  if (!logs) return logs.error();
  auto words = store.last_words();
  if (!words) return words.error();
  auto beside = read_beside(store, *logs);
  if (!beside) return beside.error();
  Table table{.columns = {{"box", "箱号"},
                          {"origin", "日志"},
                          {"status", "状态"},
                          {"last_contact", "最近联系"},
                          {"journal_head", "箱内条目"},
                          {"ledger_head", "账本条目"},
                          {"lag", "相差"},
                          {"unsynced", "未同步现金（枚）"},
                          {"unsynced_fen", "未同步金额（元）"},
                          {"disputed", "待查纸币（张）"},
                          {"disputed_fen", "待查金额（元）"},
                          {"pending_fen", "入箱未确认（元）"},
                          {"test_fen", "测试款（元）"},
                          {"gaps", "漏计次数"},
                          {"lost", "漏计枚数"},
                          {"unknown", "未识别条目"},
                          {"quarantined_fen", "隔离待入账（元）"},
                          {"hole", "遗失"},
                          {"alarms", "警报"}},
              .rows = {},
              .total = {}};
  for (const Box& box : *boxes) {
    for (const LogState& log : *logs) {
      if (log.box == box.id) {
        table.rows.push_back(row_of(log, told_of(*words, log), box.status, *beside));
      }
    }
  }
  for (const LogState& log : offices_of(*logs)) {
    table.rows.push_back(row_of(log, {}, BoxStatus::active, *beside));
  }
  add_strangers(table, beside->alarms, *boxes);
  return table;
}

Result<Table> box_report(LedgerStore& store) {
  auto boxes = store.boxes();
  if (!boxes) return boxes.error();
  auto logs = store.logs();
  if (!logs) return logs.error();
  Table table{.columns = {{"box", "箱号"},
                          {"status", "状态"},
                          {"since", "登记时间"},
                          {"logs", "日志"},
                          {"key", "证书公钥 SHA-256"}},
              .rows = {},
              .total = {}};
  for (const Box& box : *boxes) {
    std::vector<std::string> origins;
    for (const LogState& log : *logs) {
      if (log.box == box.id) origins.push_back(log.origin);
    }
    table.rows.push_back({box.id, word_of(box.status), time_cell(box.since), std::move(origins),
                          to_hex(box.key_fingerprint)});
  }
  return table;
}

}  // namespace yijuan::ledger
