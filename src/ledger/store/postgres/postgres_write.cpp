// The writing half of PostgresStore: one transaction for each box that is written to.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "ledger/store/postgres/parts.hpp"
#include "ledger/store/postgres/writing.hpp"

namespace yijuan::ledger {
namespace {

using postgres::box_in;
using postgres::Connection;

std::string_view to_text(BoxStatus status) {
  return status == BoxStatus::active ? "active" : "revoked";
}

std::string_view to_text(LogKind kind) {
  if (kind == LogKind::office) return "office";
  return kind == LogKind::fork ? "fork" : "box";
}

// False: it is there already.
Result<bool> put_log(Connection& connection, const LogState& log) {
  const Hash root = log.frontier.root();
  const Bytes frontier = log.frontier.to_bytes();
  auto put = connection.ask(
      "INSERT INTO logs (box, origin, vkey, kind, base, retold, posted, unsure, size, root, "
      "frontier, "
      "note, cash_count, cash_fen, test_count, test_fen, gift_count, gift_fen, disputed_count, "
      "disputed_fen, tampers, gaps, lost, unknown, faults, last_slip) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, false, $8, $9, $10, $11, "
      "0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0) ON CONFLICT (box, origin) DO NOTHING",
      log.box, log.origin, log.vkey, to_text(log.kind), log.base, write_retold(log.retold),
      log.posted, log.size(), BytesView(root), BytesView(frontier), log.note);
  if (!put) return put.error();
  return put->changed() == 1;
}

Error stranger(const LogState& log) {
  return {LedgerErrc::store_failed, fmt::format("{} is no log of {}", log.origin, log.box)};
}

Result<bool> box_stands(Connection& connection, const Box& box, const LogState& log) {
  auto found = connection.ask(
      "SELECT count(*) FROM boxes, logs WHERE boxes.box = $1 AND logs.box = $1 "
      "AND boxes.status = $2 AND boxes.key_fingerprint = $3 AND logs.origin = $4 "
      "AND logs.vkey = $5",
      box.id, to_text(box.status), BytesView(box.key_fingerprint), log.origin, log.vkey);
  if (!found) return found.error();
  return found->row(0).number() == 1;
}

Result<void> put_box(Connection& connection, const Box& box, const LogState& log,
                     bool done_before) {
  if (done_before) {
    auto stands = box_stands(connection, box, log);
    if (!stands) return stands.error();
    if (*stands) return {};
  }
  connection.send_only(
      "INSERT INTO boxes (box, status, key_fingerprint, since) VALUES ($1, $2, $3, $4) "
      "ON CONFLICT (box) DO UPDATE SET status = excluded.status, "
      "key_fingerprint = excluded.key_fingerprint",
      box.id, to_text(box.status), BytesView(box.key_fingerprint), box.since);
  auto put = put_log(connection, log);
  if (!put) return put.error();
  if (!*put) return {LedgerErrc::store_failed, "that log is there already"};
  return {};
}

// Whether the log stands as this call would have made it.
Result<bool> log_stands(Connection& connection, const LogState& log) {
  auto found = connection.ask(
      "SELECT count(*) FROM logs WHERE box = $1 AND origin = $2 AND vkey = $3 AND kind = $4",
      log.box, log.origin, log.vkey, to_text(log.kind));
  if (!found) return found.error();
  return found->row(0).number() == 1;
}

// An alarm counts once, though the answer to its commit was lost. `before`: what it counted when
// this was tried first.
Result<void> put_alarm(Connection& connection, const Alarm& alarm,
                       std::optional<std::uint64_t>& before, bool done_before) {
  auto found =
      connection.ask("SELECT count, last FROM alarms WHERE box = $1 AND origin = $2 AND code = $3",
                     alarm.box, alarm.origin, alarm.code);
  if (!found) return found.error();
  std::uint64_t count = 0;
  WallTime last;
  if (!found->empty()) {
    auto row = found->row(0);
    count = row.count();
    last = row.time();
  }
  if (done_before && before && count >= *before + alarm.count && last >= alarm.last) return {};
  before = count;
  postgres::send_alarm(connection, alarm);
  return {};
}

using LogsOfBox = std::vector<const RebuiltLog*>;

// That it had when it was read: of a damaged one less may have been made anew.
std::uint64_t size_of(const RebuiltLog& log) {
  return log.stored_size.value_or(log.state.size());
}

// Whether the logs of a box are those that were read, at the sizes that they had.
Result<void> check_unmoved(Connection& connection, const std::string& box, const LogsOfBox& logs) {
  const auto with_entries =
      std::ranges::count_if(logs, [](const RebuiltLog* log) { return size_of(*log) > 0; });
  connection.send("SELECT count(*) FROM logs WHERE box = $1 AND size > 0", box);
  for (const RebuiltLog* log : logs) {
    postgres::send_totals(connection, log->state, size_of(*log));
  }
  auto answers = connection.finish();
  if (!answers) return answers.error();
  bool same = answers->front().row(0).number() == with_entries;
  for (std::size_t i = 1; i < answers->size(); ++i) same = same && (*answers)[i].changed() == 1;
  if (!same) return {LedgerErrc::store_failed, "a log of " + box + " grew meanwhile; begin anew"};
  return {};
}

Result<void> replace_box(Connection& connection, const std::string& box, const LogsOfBox& logs) {
  auto unmoved = check_unmoved(connection, box, logs);
  if (!unmoved) return unmoved;
  connection.send_only("DELETE FROM rollups WHERE box = $1", box);
  connection.send_only("DELETE FROM accounts WHERE box = $1", box);
  connection.send_only("DELETE FROM open_cash WHERE box = $1", box);
  connection.send_only("DELETE FROM unknown_entries WHERE box = $1", box);
  connection.send_only("DELETE FROM office_postings WHERE box = $1", box);
  auto deleted = connection.finish();
  if (!deleted) return deleted.error();
  for (const RebuiltLog* log : logs) {
    auto copied = postgres::copy_cash(connection, log->state, log->changes);
    if (!copied) return copied;
  }
  for (const RebuiltLog* log : logs) {
    postgres::send_pending(connection, log->state);
    postgres::send_books(connection, box, log->changes);
    for (const OfficeEntry& entry : log->posted) postgres::send_posted(connection, box, entry);
  }
  return {};
}

// Boxes that have books, though they may have no log.
Result<void> add_boxes_with_books(postgres::Session& session,
                                  std::map<std::string, LogsOfBox>& boxes) {
  auto found = session.ask("SELECT box FROM rollups UNION SELECT box FROM accounts");
  if (!found) return found.error();
  for (int i = 0; i < found->size(); ++i) boxes[found->row(i).text()];
  return {};
}

}  // namespace

PostgresStore::PostgresStore(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
PostgresStore::~PostgresStore() = default;

Result<std::unique_ptr<PostgresStore>> PostgresStore::open(const Options& options) {
  auto parts = std::make_unique<Parts>(options);
  auto opened = parts->writer.open();
  if (opened) opened = postgres::prepare_schema(parts->writer, options.make);
  if (opened) opened = parts->reader.open();
  if (!opened) return opened.error();
  std::unique_ptr<PostgresStore> store(new PostgresStore(std::move(parts)));
  auto copied = store->copy_of();
  if (!copied) return copied.error();
  if (*copied && !options.unfinished) {
    return {
        LedgerErrc::store_unavailable,
        fmt::format("the copy of {} into it is not finished: ledgerctl store migrate", **copied)};
  }
  return store;
}

Result<std::optional<std::string>> PostgresStore::copy_of() {
  auto found = parts_->writer.ask("SELECT value FROM meta WHERE name = 'copy of'");
  if (!found) return found.error();
  if (found->empty()) return std::optional<std::string>();
  return std::optional(found->row(0).text());
}

Result<void> PostgresStore::begin_copy(std::string_view name) {
  return parts_->writer.transaction<void>([&](Connection& connection, bool) -> Result<void> {
    connection.send_only(
        "INSERT INTO meta (name, value) VALUES ('copy of', $1) ON CONFLICT (name) DO NOTHING",
        name);
    return {};
  });
}

Result<void> PostgresStore::end_copy() {
  return parts_->writer.transaction<void>([&](Connection& connection, bool) -> Result<void> {
    connection.send_only("DELETE FROM meta WHERE name = 'copy of'");
    return {};
  });
}

Result<Appended> PostgresStore::bring(const History& history) {
  return parts_->writer.transaction<Appended>([&](Connection& connection, bool done_before) {
    return postgres::put_history(connection, history, done_before);
  });
}

Result<void> PostgresStore::add_box(const Box& box, const LogState& log) {
  if (log.box != box.id || box_in(log.origin) != box.id) return stranger(log);
  return parts_->writer.transaction<void>([&](Connection& connection, bool done_before) {
    return put_box(connection, box, log, done_before);
  });
}

Result<bool> PostgresStore::add_log(const LogState& log) {
  if (log.box != box_in(log.origin)) return stranger(log);
  return parts_->writer.transaction<bool>([&](Connection& connection, bool done_before) {
    auto put = put_log(connection, log);
    return put && !*put && done_before ? log_stands(connection, log) : put;
  });
}

Result<bool> PostgresStore::set_floor(const LogState& log) {
  return parts_->writer.transaction<bool>([&](Connection& connection, bool) -> Result<bool> {
    postgres::send_floor(connection, log);
    auto answers = connection.finish();
    if (!answers) return answers.error();
    return answers->front().changed() == 1;
  });
}

Result<void> PostgresStore::doubt_all() {
  auto boxes = parts_->writer.ask("SELECT DISTINCT box FROM logs");
  if (!boxes) return boxes.error();
  Result<void> done;
  for (int i = 0; done && i < boxes->size(); ++i) {
    const std::string box = boxes->row(i).text();
    done = parts_->writer.transaction<void>([&](Connection& connection, bool) -> Result<void> {
      connection.send_only("UPDATE logs SET unsure = true WHERE box = $1 AND kind <> 'fork'", box);
      connection.send_only("DELETE FROM last_words WHERE box = $1", box);
      return {};
    });
  }
  return done;
}

Result<Posted> PostgresStore::post(const OfficePosting& posting) {
  return parts_->writer.transaction<Posted>([&](Connection& connection, bool done_before) {
    return postgres::put_posting(connection, posting, done_before);
  });
}

Result<void> PostgresStore::set_status(std::string_view box, BoxStatus status) {
  return parts_->writer.transaction<void>([&](Connection& connection, bool) -> Result<void> {
    auto changed =
        connection.ask("UPDATE boxes SET status = $2 WHERE box = $1", box, to_text(status));
    if (!changed) return changed.error();
    if (changed->changed() != 1) return {LedgerErrc::unknown_box, std::string(box)};
    return {};
  });
}

Result<std::vector<Appended>> PostgresStore::append_all(std::span<const Appending* const> batches) {
  std::vector<Appended> all;
  for (const Appending* batch : batches) {
    auto appended =
        parts_->writer.transaction<Appended>([&](Connection& connection, bool done_before) {
          return postgres::put_batch(connection, *batch, done_before);
        });
    if (!appended) return appended.error();
    all.push_back(*appended);
  }
  return all;
}

Result<void> PostgresStore::raise(const Alarm& alarm) {
  std::optional<std::uint64_t> before;
  return parts_->writer.transaction<void>([&](Connection& connection, bool done_before) {
    return put_alarm(connection, alarm, before, done_before);
  });
}

Result<void> PostgresStore::keep_last_words(std::span<const LastWord> words) {
  return parts_->writer.with_connection([&](Connection& connection) -> Result<void> {
    for (const LastWord& word : words) {
      connection.send_only(
          "INSERT INTO last_words (box, received, json) VALUES ($1, $2, $3) "
          "ON CONFLICT (box) DO UPDATE SET received = excluded.received, json = excluded.json "
          "WHERE last_words.received <= excluded.received",
          word.box, word.received, word.json);
    }
    auto done = connection.finish();
    if (!done) return done.error();
    return {};
  });
}

Result<void> PostgresStore::replace_books(std::span<const RebuiltLog> logs) {
  std::map<std::string, LogsOfBox> boxes;
  for (const RebuiltLog& log : logs) boxes[log.state.box].push_back(&log);
  auto done = add_boxes_with_books(parts_->writer, boxes);
  for (const auto& [box, of_box] : boxes) {
    if (!done) return done;
    done = parts_->writer.transaction<void>(
        [&](Connection& connection, bool) { return replace_box(connection, box, of_box); });
  }
  return done;
}

}  // namespace yijuan::ledger
