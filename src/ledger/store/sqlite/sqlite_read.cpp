// The reading half of SqliteStore. A value that this program cannot have written is
// LedgerErrc::store_damaged, never a guess.
#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "ledger/store/sqlite/parts.hpp"
#include "tlog/words.hpp"

namespace yijuan::ledger {
namespace {

// Runs a query and makes a value of each row.
template <class Row, class... Values>
Result<std::vector<Row>> all(LockedConnection& locked, Result<Row> (*read)(Statement&),
                             std::string_view sql, const Values&... values) {
  const std::lock_guard lock(locked.mutex);
  Statement statement = locked.connection.statement(sql);
  statement.bind(values...);
  std::vector<Row> rows;
  while (true) {
    auto step = statement.step();
    if (!step) return step.error();
    if (!*step) return rows;
    auto row = read(statement);
    if (!row) return row.error();
    rows.push_back(*std::move(row));
  }
}

template <class Row>
Result<std::optional<Row>> first_of(Result<std::vector<Row>> rows) {
  if (!rows) return rows.error();
  if (rows->empty()) return std::optional<Row>();
  return std::optional<Row>(std::move(rows->front()));
}

Error damaged(std::string what) {
  return {LedgerErrc::store_damaged, std::move(what)};
}

Result<Box> read_box(Statement& row) {
  Box box;
  box.id = row.text();
  box.status = row.text() == "active" ? BoxStatus::active : BoxStatus::revoked;
  const BytesView fingerprint = row.bytes();
  if (fingerprint.size() != box.key_fingerprint.size()) return damaged("a box's key");
  std::ranges::copy(fingerprint, box.key_fingerprint.begin());
  const auto since = parse_rfc3339(row.text());
  if (!since) return damaged("since when a box is known");
  box.since = *since;
  return box;
}

std::optional<LogKind> parse_kind(std::string_view text) {
  if (text == "box") return LogKind::box;
  if (text == "office") return LogKind::office;
  if (text == "fork") return LogKind::fork;
  return std::nullopt;
}

std::optional<Floor> read_floor(Statement& row) {
  const bool none = row.next_is_null();
  Floor floor{.size = row.count(), .root = {}};
  const BytesView root = row.bytes();
  if (none || root.size() != floor.root.size()) return std::nullopt;
  std::ranges::copy(root, floor.root.begin());
  return floor;
}

Result<LogState> read_log(Statement& row) {
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
  log.floor = read_floor(row);
  log.unsure = row.number() != 0;
  auto frontier = tlog::Frontier::from_bytes(row.bytes());
  if (!frontier) return damaged("the frontier of " + log.origin);
  log.frontier = *std::move(frontier);
  log.note = row.text();
  if (row.next_is_null()) {
    row.skip();
  } else {
    log.received = parse_rfc3339(row.text());
    if (!log.received) return damaged("a time of " + log.origin);
  }
  const std::string boot = row.text();
  const auto at = parse_rfc3339(row.text());
  const Uptime up(row.number());
  if (at) log.anchor = LogAnchor{.boot = boot, .anchor = {.at = *at, .up = up}};
  LogTotals& totals = log.totals;
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
  return log;
}

Result<domain::PendingNote> read_pending(Statement& row) {
  domain::PendingNote note;
  note.seq = row.count();
  note.intent.device = row.text();
  note.intent.serial = row.text();
  note.intent.counter = static_cast<int>(row.number());
  note.intent.amount = row.fen();
  note.intent.purpose = tlog::parse_purpose(row.text()).value_or(tlog::Purpose::gift);
  return note;
}

template <class Reader>
Result<std::vector<LogState>> with_pending(Reader& reader, std::vector<LogState> logs) {
  for (LogState& log : logs) {
    auto notes =
        all(reader, read_pending,
            "SELECT seq, device, serial, counter, fen, purpose FROM pending_notes WHERE origin = ?",
            log.origin);
    if (!notes) return notes.error();
    for (domain::PendingNote& note : *notes) log.pending.emplace(note.intent.device, note);
  }
  return logs;
}

Result<domain::CashPiece> read_piece(Statement& row) {
  domain::CashPiece piece;
  piece.seq = row.count();
  piece.amount = row.fen();
  piece.session = row.count();
  const auto activity = tlog::parse_activity(row.text());
  if (!activity) return damaged("open cash");
  piece.terms = {.activity = *activity, .designation = row.text(), .unit = row.text()};
  return piece;
}

Result<std::string> read_text(Statement& row) {
  return row.text();
}

Result<BatchMark> read_batch(Statement& row) {
  BatchMark batch;
  batch.first = row.count();
  batch.count = row.count();
  const auto received = parse_rfc3339(row.text());
  if (!received) return damaged("when a batch was received");
  batch.received = *received;
  return batch;
}

Result<RollupRow> read_rollup(Statement& row) {
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

Result<AccountRow> read_account(Statement& row) {
  AccountRow account;
  account.box = row.text();
  const auto day = domain::parse_day(row.text());
  if (!day) return damaged("a day of the accounts");
  account.key = {.day = *day, .account = row.text()};
  account.balance = row.fen();
  return account;
}

Result<LastWord> read_last_word(Statement& row) {
  LastWord word;
  word.box = row.text();
  const auto received = parse_rfc3339(row.text());
  if (!received) return damaged("when a box was last heard");
  word.received = *received;
  word.json = row.text();
  return word;
}

Result<Alarm> read_alarm(Statement& row) {
  Alarm alarm;
  alarm.box = row.text();
  alarm.origin = row.text();
  alarm.code = row.text();
  alarm.text = row.text();
  alarm.evidence = row.text();
  const auto first = parse_rfc3339(row.text());
  const auto last = parse_rfc3339(row.text());
  if (!first || !last) return damaged("a time of an alarm");
  alarm.first = *first;
  alarm.last = *last;
  alarm.count = row.count();
  return alarm;
}

}  // namespace

Result<std::optional<Box>> SqliteStore::box(std::string_view id) {
  return first_of(all(parts_->reader, read_box,
                      "SELECT box, status, key_fingerprint, since FROM boxes WHERE box = ?", id));
}

Result<std::vector<Box>> SqliteStore::boxes() {
  return all(parts_->reader, read_box,
             "SELECT box, status, key_fingerprint, since FROM boxes ORDER BY box");
}

Result<std::optional<LogState>> SqliteStore::log(std::string_view origin) {
  static const std::string kSql = fmt::format("SELECT {} FROM logs WHERE origin = ?", kLogColumns);
  auto logs = all(parts_->reader, read_log, kSql, origin);
  if (logs) logs = with_pending(parts_->reader, *std::move(logs));
  return first_of(std::move(logs));
}

Result<std::vector<LogState>> SqliteStore::logs() {
  static const std::string kSql = fmt::format("SELECT {} FROM logs ORDER BY origin", kLogColumns);
  auto logs = all(parts_->reader, read_log, kSql);
  if (!logs) return logs;
  return with_pending(parts_->reader, *std::move(logs));
}

Result<std::vector<LogState>> SqliteStore::forks(std::string_view origin) {
  static const std::string kSql = fmt::format(
      "SELECT {} FROM logs WHERE origin > ? AND origin < ? ORDER BY origin", kLogColumns);
  const std::string first = fork_origin(origin, "");
  const std::string end = fork_origin(origin, "~");
  auto logs = all(parts_->reader, read_log, kSql, first, end);
  if (!logs) return logs;
  return with_pending(parts_->reader, *std::move(logs));
}

Result<std::vector<domain::CashPiece>> SqliteStore::open_cash(std::string_view origin) {
  return all(parts_->reader, read_piece,
             "SELECT seq, fen, session, activity, designation, unit FROM open_cash "
             "WHERE origin = ? ORDER BY seq",
             origin);
}

Result<std::vector<std::string>> SqliteStore::lines(std::string_view origin, Seq first,
                                                    std::uint64_t count) {
  return all(parts_->reader, read_text,
             "SELECT line FROM entries WHERE origin = ? AND seq >= ? ORDER BY seq LIMIT ?", origin,
             first, count);
}

Result<std::vector<BatchMark>> SqliteStore::batches(std::string_view origin) {
  return all(parts_->reader, read_batch,
             "SELECT first, count, received FROM batches WHERE origin = ? ORDER BY first", origin);
}

// From one box to the next by the key, and of each only the days that were asked for: some days of
// a ledger of many years are not paid for with the years.
Result<std::vector<RollupRow>> SqliteStore::rollups(domain::Day from, domain::Day to) {
  const std::string first = domain::to_text(from);
  const std::string last = domain::to_text(to);
  auto rows = all(parts_->reader, read_rollup,
                  "WITH RECURSIVE known(box) AS (SELECT min(box) FROM rollups UNION ALL SELECT "
                  "(SELECT min(box) FROM rollups WHERE box > known.box) FROM known "
                  "WHERE known.box IS NOT NULL) "
                  "SELECT rollups.box, day, activity, channel, gifts, people, fen "
                  "FROM known CROSS JOIN rollups ON rollups.box = known.box "
                  "WHERE day BETWEEN ? AND ?",
                  first, last);
  // As they came, all but surely; a sorter in the database would cost more than the rest.
  const auto key = [](const RollupRow& row) {
    return std::tuple(std::string_view(row.box), row.key.day, tlog::to_text(row.key.activity),
                      tlog::to_text(row.key.channel));
  };
  if (rows && !std::ranges::is_sorted(*rows, {}, key)) std::ranges::sort(*rows, {}, key);
  return rows;
}

Result<std::vector<AccountRow>> SqliteStore::accounts() {
  return all(parts_->reader, read_account,
             "SELECT box, day, account, fen FROM accounts ORDER BY box, day, account");
}

Result<std::vector<LastWord>> SqliteStore::last_words() {
  return all(parts_->reader, read_last_word,
             "SELECT box, received, json FROM last_words ORDER BY box");
}

Result<std::vector<Alarm>> SqliteStore::alarms() {
  return all(parts_->reader, read_alarm,
             "SELECT box, origin, code, text, evidence, first, last, count FROM alarms "
             "ORDER BY box, origin, code");
}

}  // namespace yijuan::ledger
