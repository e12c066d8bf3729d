// The reading half of PostgresStore. A value that this program cannot have written is
// LedgerErrc::store_damaged, never a guess. Lists are put in order here: the order of the server's
// texts is a matter of its locale.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "ledger/store/postgres/parts.hpp"
#include "tlog/words.hpp"

namespace yijuan::ledger {
namespace {

using postgres::box_in;
using postgres::Row;
using postgres::Rows;

Error damaged(std::string_view what) {
  return {LedgerErrc::store_damaged, std::string(what)};
}

// Makes a value of each row.
template <class Value>
Result<std::vector<Value>> all(Result<Rows> rows, Result<Value> (*read)(Row&)) {
  if (!rows) return rows.error();
  std::vector<Value> values;
  values.reserve(static_cast<std::size_t>(rows->size()));
  for (int i = 0; i < rows->size(); ++i) {
    Row row = rows->row(i);
    auto value = read(row);
    if (!value) return value.error();
    if (!row.good()) return damaged("a column has another type");
    values.push_back(*std::move(value));
  }
  return values;
}

template <class Value, class Key>
Result<std::vector<Value>> in_order(Result<std::vector<Value>> values, Key key) {
  if (values) std::ranges::sort(*values, {}, key);
  return values;
}

template <class Value>
Result<std::optional<Value>> first_of(Result<std::vector<Value>> values) {
  if (!values) return values.error();
  if (values->empty()) return std::optional<Value>();
  return std::optional<Value>(std::move(values->front()));
}

template <std::size_t Size>
bool take(Row& row, std::array<std::uint8_t, Size>& into) {
  const BytesView bytes = row.bytes();
  if (bytes.size() != Size) return false;
  std::ranges::copy(bytes, into.begin());
  return true;
}

Result<Box> read_box(Row& row) {
  Box box;
  box.id = row.text();
  box.status = row.text() == "active" ? BoxStatus::active : BoxStatus::revoked;
  if (!take(row, box.key_fingerprint)) return damaged("a box's key");
  box.since = row.time();
  return box;
}

void read_totals(Row& row, LogTotals& totals) {
  totals.cash_count = row.count();
  totals.cash_sum = row.fen();
  totals.test_count = row.count();
  totals.test_sum = row.fen();
  totals.gift_count = row.count();
  totals.gift_sum = row.fen();
  totals.disputed_count = row.count();
  totals.disputed_sum = row.fen();
  totals.tampers = row.count();
  totals.gaps = row.count();
  totals.lost = row.count();
  totals.unknown = row.count();
  totals.faults = row.count();
  totals.last_slip = row.count();
}

constexpr std::string_view kLogColumns =
    "origin, box, vkey, kind, base, retold, posted, floor_size, floor_root, unsure, frontier, "
    "note, "
    "received, anchor_boot, anchor_at, anchor_up, cash_count, "
    "cash_fen, test_count, test_fen, gift_count, gift_fen, disputed_count, disputed_fen, tampers, "
    "gaps, lost, unknown, faults, last_slip";

std::optional<LogKind> parse_kind(std::string_view text) {
  if (text == "box") return LogKind::box;
  if (text == "office") return LogKind::office;
  if (text == "fork") return LogKind::fork;
  return std::nullopt;
}

// False: it is none that this program wrote.
bool read_floor(Row& row, LogState& log) {
  if (row.next_is_null()) {
    row.skip();
    row.skip();
    return true;
  }
  log.floor.emplace();
  log.floor->size = row.count();
  return take(row, log.floor->root);
}

Result<LogState> read_log(Row& row) {
  LogState log;
  log.origin = row.text();
  log.box = row.text();
  log.vkey = row.text();
  const auto kind = parse_kind(row.text());
  if (!kind) return damaged("the kind of " + log.origin);
  log.kind = *kind;
  log.base = row.count();
  auto retold = parse_retold(row.text());
  if (!retold) return damaged("what is told again in " + log.origin);
  log.retold = *std::move(retold);
  log.posted = row.count();
  if (!read_floor(row, log)) return damaged("the floor of " + log.origin);
  log.unsure = row.flag();
  auto frontier = tlog::Frontier::from_bytes(row.bytes());
  if (!frontier) return damaged("the frontier of " + log.origin);
  log.frontier = *std::move(frontier);
  log.note = row.text();
  if (row.next_is_null()) {
    row.skip();
  } else {
    log.received = row.time();
  }
  if (row.next_is_null()) {
    for (int i = 0; i < 3; ++i) row.skip();
  } else {
    log.anchor.emplace();
    log.anchor->boot = row.text();
    log.anchor->anchor.at = row.time();
    log.anchor->anchor.up = Uptime(row.number());
  }
  read_totals(row, log.totals);
  return log;
}

struct Pending {
  std::string origin;
  domain::PendingNote note;
};

Result<Pending> read_pending(Row& row) {
  Pending pending;
  pending.origin = row.text();
  domain::PendingNote& note = pending.note;
  note.seq = row.count();
  note.intent.device = row.text();
  note.intent.serial = row.text();
  note.intent.counter = static_cast<int>(row.number());
  note.intent.amount = row.fen();
  note.intent.purpose = tlog::parse_purpose(row.text()).value_or(tlog::Purpose::gift);
  return pending;
}

Result<std::vector<LogState>> with_pending(std::vector<LogState> logs,
                                           const Result<std::vector<Pending>>& notes) {
  if (!notes) return notes.error();
  for (const Pending& pending : *notes) {
    const auto log = std::ranges::lower_bound(logs, pending.origin, {}, &LogState::origin);
    if (log == logs.end() || log->origin != pending.origin) continue;
    log->pending.emplace(pending.note.intent.device, pending.note);
  }
  return logs;
}

Result<domain::CashPiece> read_piece(Row& row) {
  domain::CashPiece piece;
  piece.seq = row.count();
  piece.amount = row.fen();
  piece.session = row.count();
  const auto activity = tlog::parse_activity(row.text());
  if (!activity) return damaged("open cash");
  piece.terms = {.activity = *activity, .designation = row.text(), .unit = row.text()};
  return piece;
}

Result<std::string> read_line(Row& row) {
  return row.text();
}

Result<BatchMark> read_batch(Row& row) {
  BatchMark batch;
  batch.first = row.count();
  batch.count = row.count();
  batch.received = row.time();
  return batch;
}

Result<RollupRow> read_rollup(Row& row) {
  RollupRow rollup;
  rollup.box = row.text();
  const auto day = domain::parse_day(row.text());
  const auto activity = tlog::parse_activity(row.text());
  const auto channel = tlog::parse_channel(row.text());
  if (!day || !activity || !channel) return damaged("a row of the day report");
  rollup.key = {.day = *day, .activity = *activity, .channel = *channel};
  rollup.value.gifts = row.count();
  rollup.value.people = row.count();
  rollup.value.sum = row.fen();
  return rollup;
}

Result<AccountRow> read_account(Row& row) {
  AccountRow account;
  account.box = row.text();
  const auto day = domain::parse_day(row.text());
  if (!day) return damaged("a day of the accounts");
  account.key = {.day = *day, .account = row.text()};
  account.balance = row.fen();
  return account;
}

Result<LastWord> read_last_word(Row& row) {
  LastWord word;
  word.box = row.text();
  word.received = row.time();
  word.json = row.text();
  return word;
}

Result<Alarm> read_alarm(Row& row) {
  Alarm alarm;
  alarm.box = row.text();
  alarm.origin = row.text();
  alarm.code = row.text();
  alarm.text = row.text();
  alarm.evidence = row.text();
  alarm.first = row.time();
  alarm.last = row.time();
  alarm.count = row.count();
  return alarm;
}

}  // namespace

Result<std::optional<Box>> PostgresStore::box(std::string_view id) {
  return first_of(
      all(parts_->reader.ask("SELECT box, status, key_fingerprint, since FROM boxes WHERE box = $1",
                             id),
          read_box));
}

Result<std::vector<Box>> PostgresStore::boxes() {
  return in_order(
      all(parts_->reader.ask("SELECT box, status, key_fingerprint, since FROM boxes"), read_box),
      &Box::id);
}

// Two questions, and a batch may be stored between them: then the log is not as it was read here,
// and the store refuses what was made of that.
Result<std::optional<LogState>> PostgresStore::log(std::string_view origin) {
  static const std::string kSql =
      fmt::format("SELECT {} FROM logs WHERE box = $1 AND origin = $2", kLogColumns);
  const std::string box = box_in(origin);
  auto logs = all(parts_->reader.ask(kSql, box, origin), read_log);
  if (!logs || logs->empty()) return first_of(std::move(logs));
  const auto pending =
      all(parts_->reader.ask("SELECT origin, seq, device, serial, counter, fen, purpose "
                             "FROM pending_notes WHERE box = $1 AND origin = $2",
                             box, origin),
          read_pending);
  return first_of(with_pending(*std::move(logs), pending));
}

Result<std::vector<LogState>> PostgresStore::logs() {
  static const std::string kSql = fmt::format("SELECT {} FROM logs", kLogColumns);
  auto logs = in_order(all(parts_->reader.ask(kSql), read_log), &LogState::origin);
  if (!logs) return logs;
  const auto pending =
      all(parts_->reader.ask("SELECT origin, seq, device, serial, counter, fen, purpose "
                             "FROM pending_notes"),
          read_pending);
  return with_pending(*std::move(logs), pending);
}

Result<std::vector<LogState>> PostgresStore::forks(std::string_view origin) {
  static const std::string kSql =
      fmt::format("SELECT {} FROM logs WHERE box = $1 AND kind = 'fork'", kLogColumns);
  const std::string box = box_in(origin);
  auto logs = in_order(all(parts_->reader.ask(kSql, box), read_log), &LogState::origin);
  if (!logs) return logs;
  std::erase_if(*logs, [&](const LogState& log) { return log_of_fork(log.origin) != origin; });
  if (logs->empty()) return logs;
  const auto pending =
      all(parts_->reader.ask("SELECT origin, seq, device, serial, counter, fen, purpose "
                             "FROM pending_notes WHERE box = $1",
                             box),
          read_pending);
  return with_pending(*std::move(logs), pending);
}

Result<std::vector<domain::CashPiece>> PostgresStore::open_cash(std::string_view origin) {
  return all(parts_->reader.ask("SELECT seq, fen, session, activity, designation, unit "
                                "FROM open_cash WHERE box = $1 AND origin = $2 ORDER BY seq",
                                box_in(origin), origin),
             read_piece);
}

Result<std::vector<std::string>> PostgresStore::lines(std::string_view origin, Seq first,
                                                      std::uint64_t count) {
  return all(parts_->reader.ask("SELECT line FROM entries WHERE box = $1 AND origin = $2 "
                                "AND seq >= $3 ORDER BY seq LIMIT $4",
                                box_in(origin), origin, first, count),
             read_line);
}

Result<std::vector<BatchMark>> PostgresStore::batches(std::string_view origin) {
  return all(parts_->reader.ask("SELECT first, count, received FROM batches "
                                "WHERE box = $1 AND origin = $2 ORDER BY first",
                                box_in(origin), origin),
             read_batch);
}

Result<std::vector<RollupRow>> PostgresStore::rollups(domain::Day from, domain::Day to) {
  auto rows = parts_->reader.ask(
      "SELECT box, day, activity, channel, gifts, people, fen FROM rollups "
      "WHERE day BETWEEN $1 AND $2",
      domain::to_text(from), domain::to_text(to));
  // By the words of the key, as SQLite orders them.
  return in_order(all(std::move(rows), read_rollup), [](const RollupRow& row) {
    return std::tuple(row.box, row.key.day, tlog::to_text(row.key.activity),
                      tlog::to_text(row.key.channel));
  });
}

Result<std::vector<AccountRow>> PostgresStore::accounts() {
  return in_order(
      all(parts_->reader.ask("SELECT box, day, account, fen FROM accounts"), read_account),
      [](const AccountRow& row) { return std::tie(row.box, row.key); });
}

Result<std::vector<LastWord>> PostgresStore::last_words() {
  return in_order(
      all(parts_->reader.ask("SELECT box, received, json FROM last_words"), read_last_word),
      &LastWord::box);
}

Result<std::vector<Alarm>> PostgresStore::alarms() {
  return in_order(all(parts_->reader.ask("SELECT box, origin, code, text, evidence, first, last, "
                                         "count FROM alarms"),
                      read_alarm),
                  [](const Alarm& alarm) { return std::tie(alarm.box, alarm.origin, alarm.code); });
}

}  // namespace yijuan::ledger
