// The writing half of SqliteStore: opening, and one transaction for each call.
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>

#include "io/files.hpp"
#include "ledger/store/sqlite/migration.hpp"
#include "ledger/store/sqlite/moved.hpp"
#include "ledger/store/sqlite/parts.hpp"
#include "ledger/store/sqlite/schema.hpp"
#include "tlog/words.hpp"

namespace yijuan::ledger {
namespace {

constexpr const char* kWhereFrom =
    "mount its disk, ledgerctl restore a backup, or ledgerctl init for a new ledger";

Result<void> make_tables(Connection& writer) {
  auto transaction = Transaction::begin(writer);
  if (!transaction) return transaction.error();
  auto made = writer.execute(fmt::format("{}{}; PRAGMA application_id={}; PRAGMA user_version={}",
                                         kSchema, kOfficePostings, kApplicationId, kSchemaVersion));
  if (!made) return made;
  return transaction->commit();
}

// Returns the version that the file had, today's if it is new.
Result<std::int64_t> prepare(Connection& writer, const std::string& path, bool make) {
  auto version = writer.number("PRAGMA user_version");
  auto application = writer.number("PRAGMA application_id");
  auto tables = writer.number("SELECT count(*) FROM sqlite_schema");
  if (!version || !application || !tables) {
    return {LedgerErrc::store_foreign, path + " is no SQLite database"};
  }
  const bool fresh = *version == 0 && *application == 0 && *tables == 0;
  const bool readable = *version >= kOldestVersion && *version <= kSchemaVersion;
  if (!fresh && (*application != kApplicationId || !readable)) {
    return {LedgerErrc::store_foreign, path};
  }
  auto here = expect_not_moved(writer, path);
  if (!here) return here.error();
  if (fresh && !make) return {LedgerErrc::no_store, path + " is empty; " + kWhereFrom};
  if (fresh) {
    auto sized = writer.set("page_size", "8192", "8192");  // some twenty entries a page
    if (!sized) return sized.error();
  }
  for (const auto& [pragma, value, expected] :
       {std::tuple{"journal_mode", "WAL", "wal"}, std::tuple{"synchronous", "FULL", "2"},
        std::tuple{"wal_autocheckpoint", "0", "0"}, std::tuple{"foreign_keys", "ON", "1"},
        std::tuple{"cache_size", "-65536", "-65536"},  // KiB; a batch must not spill
        std::tuple{"journal_size_limit", "67108864", "67108864"}}) {
    auto set = writer.set(pragma, value, expected);
    if (!set) return set.error();
  }
  auto made = fresh ? make_tables(writer) : Result<void>();
  if (!fresh && *version < kSchemaVersion) made = add_tables_of_version_3(writer);
  if (!made) return made.error();
  return fresh ? kSchemaVersion : *version;
}

std::string_view to_text(BoxStatus status) {
  return status == BoxStatus::active ? "active" : "revoked";
}

std::string_view to_text(LogKind kind) {
  if (kind == LogKind::office) return "office";
  return kind == LogKind::fork ? "fork" : "box";
}

// Changes nothing where the log is there already.
Result<void> put_log(Connection& writer, const LogState& log) {
  const Hash root = log.frontier.root();
  const Bytes frontier = log.frontier.to_bytes();
  return writer.run(
      "INSERT INTO logs (origin, box, vkey, kind, base, retold, posted, unsure, size, root, "
      "frontier, "
      "note, cash_count, cash_fen, test_count, test_fen, gift_count, gift_fen, disputed_count, "
      "disputed_fen, tampers, gaps, lost, unknown, faults, last_slip) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0) "
      "ON CONFLICT (origin) DO NOTHING",
      log.origin, log.box, log.vkey, to_text(log.kind), log.base, write_retold(log.retold),
      log.posted, log.size(), BytesView(root), BytesView(frontier), log.note);
}

// Floor and doubt of the log, if it is of the expected size and nothing was posted to it meanwhile.
Result<bool> put_floor(Connection& writer, const LogState& log, std::uint64_t expected_size) {
  Statement update = writer.statement(
      "UPDATE logs SET floor_size = ?, floor_root = ?, unsure = ? "
      "WHERE origin = ? AND size = ? AND posted = ?");
  if (log.floor) {
    update.bind(log.floor->size, BytesView(log.floor->root));
  } else {
    update.bind(std::nullopt, std::nullopt);
  }
  auto done = update.bind(std::int64_t{log.unsure}, log.origin, expected_size, log.posted).run();
  if (!done) return done.error();
  return writer.changes() == 1;
}

// True if the log was of the expected size, and is now as `log` says.
Result<bool> move_log(Connection& writer, const LogState& log, std::uint64_t expected_size) {
  auto of_size = put_floor(writer, log, expected_size);
  if (!of_size || !*of_size) return of_size;
  const Hash root = log.frontier.root();
  const Bytes frontier = log.frontier.to_bytes();
  const std::string received = to_rfc3339(*log.received);
  auto moved = writer.run(
      "UPDATE logs SET size = ?, root = ?, frontier = ?, retold = ?, note = ?, received = ? "
      "WHERE origin = ?",
      log.size(), BytesView(root), BytesView(frontier), write_retold(log.retold), log.note,
      received, log.origin);
  if (!moved) return moved.error();
  return true;
}

Result<void> put_totals(Connection& writer, const LogState& log) {
  const LogTotals& t = log.totals;
  const std::string at = log.anchor ? to_rfc3339(log.anchor->anchor.at) : "";
  Statement update = writer.statement(
      "UPDATE logs SET anchor_boot = ?, anchor_at = ?, anchor_up = ?, cash_count = ?, "
      "cash_fen = ?, test_count = ?, test_fen = ?, gift_count = ?, gift_fen = ?, "
      "disputed_count = ?, disputed_fen = ?, tampers = ?, gaps = ?, lost = ?, unknown = ?, faults "
      "= ?, last_slip = ? WHERE origin = ?");
  if (log.anchor) {
    update.bind(log.anchor->boot, at, std::int64_t{log.anchor->anchor.up.count()});
  } else {
    update.bind(std::nullopt, std::nullopt, std::nullopt);
  }
  return update
      .bind(t.cash_count, t.cash_sum, t.test_count, t.test_sum, t.gift_count, t.gift_sum,
            t.disputed_count, t.disputed_sum, t.tampers, t.gaps, t.lost, t.unknown, t.faults,
            t.last_slip, log.origin)
      .run();
}

Result<void> put_pending(Connection& writer, const LogState& log) {
  auto done = writer.run("DELETE FROM pending_notes WHERE origin = ?", log.origin);
  for (const auto& [device, note] : log.pending) {
    if (!done) return done;
    done = writer.run("INSERT INTO pending_notes VALUES (?, ?, ?, ?, ?, ?, ?)", log.origin, device,
                      note.seq, note.intent.serial, std::int64_t{note.intent.counter},
                      note.intent.amount, tlog::to_text(note.intent.purpose));
  }
  return done;
}

Result<void> put_entries(Connection& writer, const Appending& appending) {
  Statement insert = writer.statement("INSERT INTO entries (origin, seq, line) VALUES (?, ?, ?)");
  Seq seq = appending.expected_size;
  for (const std::string& line : appending.lines) {
    auto done = insert.bind(appending.next.origin, seq++, line).run();
    if (!done) return done;
  }
  const std::string received = to_rfc3339(*appending.next.received);
  return writer.run("INSERT INTO batches (origin, first, count, received) VALUES (?, ?, ?, ?)",
                    appending.next.origin, appending.expected_size,
                    std::uint64_t{appending.lines.size()}, received);
}

Result<void> put_cash(Connection& writer, const std::string& origin, const BookChanges& changes) {
  for (const Seq seq : changes.closed) {
    auto done = writer.run("DELETE FROM open_cash WHERE origin = ? AND seq = ?", origin, seq);
    if (!done) return done;
  }
  for (const domain::CashPiece& piece : changes.opened) {
    auto done = writer.run("INSERT INTO open_cash VALUES (?, ?, ?, ?, ?, ?, ?)", origin, piece.seq,
                           piece.amount, piece.session, tlog::to_text(piece.terms.activity),
                           piece.terms.designation, piece.terms.unit);
    if (!done) return done;
  }
  for (const auto& [seq, type] : changes.unknown) {
    auto done = writer.run("INSERT INTO unknown_entries VALUES (?, ?, ?)", origin, seq, type);
    if (!done) return done;
  }
  return {};
}

Result<void> put_books(Connection& writer, const std::string& box, const BookChanges& changes) {
  for (const auto& [key, value] : changes.rollups) {
    const std::string day = domain::to_text(key.day);
    auto done = writer.run(
        "INSERT INTO rollups VALUES (?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (box, day, activity, channel) DO UPDATE SET gifts = gifts + excluded.gifts, "
        "people = people + excluded.people, fen = fen + excluded.fen",
        box, day, tlog::to_text(key.activity), tlog::to_text(key.channel), value.gifts,
        value.people, value.sum);
    if (!done) return done;
  }
  for (const auto& [key, amount] : changes.accounts) {
    const std::string day = domain::to_text(key.day);
    auto done = writer.run(
        "INSERT INTO accounts VALUES (?, ?, ?, ?) "
        "ON CONFLICT (box, day, account) DO UPDATE SET fen = fen + excluded.fen",
        box, day, key.account, amount);
    if (!done) return done;
  }
  return {};
}

Result<void> put_alarm(Connection& writer, const Alarm& alarm) {
  const std::string first = to_rfc3339(alarm.first);
  const std::string last = to_rfc3339(alarm.last);
  return writer.run(
      "INSERT INTO alarms VALUES (?, ?, ?, ?, ?, ?, ?, ?) "
      "ON CONFLICT (box, origin, code) DO UPDATE SET text = excluded.text, "
      "evidence = excluded.evidence, last = excluded.last, count = count + excluded.count",
      alarm.box, alarm.origin, alarm.code, alarm.text, alarm.evidence, first, last, alarm.count);
}

Result<void> put_all(Connection& writer, const Appending& appending) {
  auto done = put_entries(writer, appending);
  if (done) done = put_totals(writer, appending.next);
  if (done) done = put_pending(writer, appending.next);
  if (done) done = put_cash(writer, appending.next.origin, appending.changes);
  if (done) done = put_books(writer, appending.next.box, appending.changes);
  for (const Alarm& alarm : appending.alarms) {
    if (done) done = put_alarm(writer, alarm);
  }
  return done;
}

Result<Appended> put_batch(Connection& writer, const Appending& appending) {
  auto moved = move_log(writer, appending.next, appending.expected_size);
  if (!moved) return moved.error();
  if (!*moved) return Appended::moved;
  auto done = put_all(writer, appending);
  if (!done) return done.error();
  return Appended::done;
}

}  // namespace

SqliteStore::SqliteStore(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
SqliteStore::~SqliteStore() = default;

Result<std::unique_ptr<SqliteStore>> SqliteStore::open(const Options& options) {
  for (const char* end : {"", "-wal"}) {
    const std::string path = options.path + end;
    auto settled = options.settle ? options.settle(path) : settle_file(path);
    if (!settled) return {LedgerErrc::store_unavailable, settled.error().message()};
  }
  // Asked of the system: SQLite says no more than that it cannot open.
  if (!options.make && options.vfs.empty() && ::access(options.path.c_str(), F_OK) != 0 &&
      errno == ENOENT) {
    return {LedgerErrc::no_store, options.path + " is missing; " + kWhereFrom};
  }
  auto writer = Connection::open(
      options.path, options.make ? Connection::Mode::make : Connection::Mode::write, options.vfs);
  if (!writer) return writer.error();
  auto prepared = prepare(*writer, options.path, options.make);
  if (!prepared) return prepared.error();
  auto reader = Connection::open(options.path, Connection::Mode::read, options.vfs);
  if (!reader) return reader.error();
  auto parts = std::make_unique<Parts>(*std::move(writer), *std::move(reader));
  parts->old_books = *prepared < kSchemaVersion;
  return std::unique_ptr<SqliteStore>(new SqliteStore(std::move(parts)));
}

bool SqliteStore::has_old_books() const {
  return parts_->old_books;
}

Result<void> SqliteStore::add_box(const Box& box, const LogState& log) {
  const std::lock_guard lock(parts_->writer.mutex);
  Connection& writer = parts_->writer.connection;
  auto transaction = Transaction::begin(writer);
  if (!transaction) return transaction.error();
  const std::string since = to_rfc3339(box.since);
  auto done = writer.run(
      "INSERT INTO boxes VALUES (?, ?, ?, ?) ON CONFLICT (box) DO UPDATE SET "
      "status = excluded.status, key_fingerprint = excluded.key_fingerprint",
      box.id, to_text(box.status), BytesView(box.key_fingerprint), since);
  if (done) done = put_log(writer, log);
  if (done && writer.changes() == 0) return {LedgerErrc::store_failed, "that log is there already"};
  return done ? transaction->commit() : done;
}

Result<bool> SqliteStore::add_log(const LogState& log) {
  const std::lock_guard lock(parts_->writer.mutex);
  Connection& writer = parts_->writer.connection;
  auto transaction = Transaction::begin(writer);
  if (!transaction) return transaction.error();
  auto done = put_log(writer, log);
  if (!done) return done.error();
  if (writer.changes() == 0) return false;
  auto floored = put_floor(writer, log, log.size());
  if (!floored) return floored;
  done = transaction->commit();
  if (!done) return done.error();
  return true;
}

Result<bool> SqliteStore::set_floor(const LogState& log) {
  const std::lock_guard lock(parts_->writer.mutex);
  Connection& writer = parts_->writer.connection;
  auto transaction = Transaction::begin(writer);
  if (!transaction) return transaction.error();
  auto put = put_floor(writer, log, log.size());
  if (!put || !*put) return put;
  auto done = transaction->commit();
  if (!done) return done.error();
  return true;
}

Result<void> SqliteStore::doubt_all() {
  const std::lock_guard lock(parts_->writer.mutex);
  auto transaction = Transaction::begin(parts_->writer.connection);
  if (!transaction) return transaction.error();
  auto done = parts_->writer.connection.execute(
      "UPDATE logs SET unsure = 1 WHERE kind <> 'fork'; DELETE FROM last_words");
  return done ? transaction->commit() : done;
}

Result<Posted> SqliteStore::post(const OfficePosting& posting) {
  const std::lock_guard lock(parts_->writer.mutex);
  Connection& writer = parts_->writer.connection;
  auto transaction = Transaction::begin(writer);
  if (!transaction) return transaction.error();
  auto done = writer.run("INSERT INTO office_postings VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                         posting.box, posting.office, posting.seq);
  if (!done) return done.error();
  if (writer.changes() == 0) return Posted::before;
  const std::uint64_t posted = posting.posted.value_or(0);
  done = writer.run(
      "UPDATE logs SET posted = CASE kind WHEN 'fork' THEN max(posted, ?) ELSE posted + 1 END "
      "WHERE origin = ? AND size = ?",
      posted, posting.origin, posting.expected_size);
  if (!done) return done.error();
  if (writer.changes() == 0) return Posted::moved;
  done = put_cash(writer, posting.origin, posting.changes);
  if (done) done = put_books(writer, posting.box, posting.changes);
  if (done) done = transaction->commit();
  if (!done) return done.error();
  return Posted::done;
}

Result<void> SqliteStore::set_status(std::string_view box, BoxStatus status) {
  const std::lock_guard lock(parts_->writer.mutex);
  Connection& writer = parts_->writer.connection;
  auto transaction = Transaction::begin(writer);
  if (!transaction) return transaction.error();
  auto done = writer.run("UPDATE boxes SET status = ? WHERE box = ?", to_text(status), box);
  if (done && writer.changes() != 1) return {LedgerErrc::unknown_box, std::string(box)};
  return done ? transaction->commit() : done;
}

Result<std::vector<Appended>> SqliteStore::append_all(std::span<const Appending* const> batches) {
  const std::lock_guard lock(parts_->writer.mutex);
  auto transaction = Transaction::begin(parts_->writer.connection);
  if (!transaction) return transaction.error();
  std::vector<Appended> all;
  for (const Appending* batch : batches) {
    auto appended = put_batch(parts_->writer.connection, *batch);
    if (!appended) return appended.error();
    all.push_back(*appended);
  }
  auto done = transaction->commit();
  if (!done) return done.error();
  return all;
}

Result<void> SqliteStore::raise(const Alarm& alarm) {
  const std::lock_guard lock(parts_->writer.mutex);
  auto transaction = Transaction::begin(parts_->writer.connection);
  if (!transaction) return transaction.error();
  auto done = put_alarm(parts_->writer.connection, alarm);
  return done ? transaction->commit() : done;
}

Result<void> SqliteStore::keep_last_words(std::span<const LastWord> words) {
  const std::lock_guard lock(parts_->writer.mutex);
  Connection& writer = parts_->writer.connection;
  auto transaction = Transaction::begin(writer);
  if (!transaction) return transaction.error();
  for (const LastWord& word : words) {
    const std::string received = to_rfc3339(word.received);
    auto done = writer.run("INSERT OR REPLACE INTO last_words VALUES (?, ?, ?)", word.box, received,
                           word.json);
    if (!done) return done;
  }
  return transaction->commit();
}

Result<void> SqliteStore::replace_books(std::span<const RebuiltLog> logs) {
  const std::lock_guard lock(parts_->writer.mutex);
  Connection& writer = parts_->writer.connection;
  auto transaction = Transaction::begin(writer);
  if (!transaction) return transaction.error();
  auto done = writer.execute(
      "DELETE FROM rollups; DELETE FROM accounts; DELETE FROM open_cash; "
      "DELETE FROM unknown_entries; DELETE FROM office_postings");
  for (const RebuiltLog& log : logs) {
    if (done) done = put_totals(writer, log.state);
    if (done) done = put_pending(writer, log.state);
    if (done) done = put_cash(writer, log.state.origin, log.changes);
    if (done) done = put_books(writer, log.state.box, log.changes);
    for (const OfficeEntry& entry : log.posted) {
      if (done) {
        done = writer.run("INSERT INTO office_postings VALUES (?, ?, ?)", log.state.box,
                          entry.office, entry.seq);
      }
    }
    if (done) {
      done = writer.run("UPDATE logs SET posted = ? WHERE origin = ?", log.state.posted,
                        log.state.origin);
    }
  }
  if (done) done = writer.execute(fmt::format("PRAGMA user_version={}", kSchemaVersion));
  if (done) done = transaction->commit();
  if (done) parts_->old_books = false;
  return done;
}

Result<void> SqliteStore::rest() {
  const std::lock_guard lock(parts_->writer.mutex);
  return parts_->writer.connection.execute("PRAGMA wal_checkpoint(PASSIVE)");
}

}  // namespace yijuan::ledger
