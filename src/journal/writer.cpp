#include "journal/writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/log.hpp"
#include "journal/check.hpp"
#include "journal/create.hpp"
#include "journal/format.hpp"
#include "journal/wal_check.hpp"

namespace yijuan::journal {

Writer::Writer(Disk& disk, std::shared_ptr<void> lock, Database database, Reserve reserve)
    : disk_(disk),
      lock_(std::move(lock)),
      database_(std::move(database)),
      reserve_(std::move(reserve)) {}

Result<std::unique_ptr<Writer>> Writer::open(const JournalOptions& options, Found& found) {
  Disk& disk = options.disk == nullptr ? system_disk() : *options.disk;
  auto lock = disk.lock(options.path + ".lock");
  if (!lock) return lock.error();
  // A journal that cannot be looked at must not be taken for none: a new one would replace it.
  const auto size = disk.size(options.path);
  if (!size) return size.error();
  if (!*size) {
    if (!options.create) return Error(JournalErrc::absent, options.path);
    auto created = create_file(disk, options);
    if (!created) return created.error();
  }
  for (const char* end : {"", "-wal"}) {
    auto settled = disk.settle(options.path + end);
    if (!settled) return settled.error();
  }
  auto wal = check_wal(disk, options.path);
  if (!wal) return wal.error();
  auto database = Database::open(options.path, Database::Mode::write, options.vfs);
  if (!database) return database.error();
  std::unique_ptr<Writer> writer(
      new Writer(disk, std::move(*lock), std::move(*database),
                 Reserve(disk, options.path + ".reserve", options.reserve_bytes)));
  auto ready = writer->start(options, found);
  if (!ready) return ready.error();
  return writer;
}

Result<void> Writer::start(const JournalOptions& options, Found& found) {
  auto done = recognise(options);  // first: a foreign file is not touched
  if (!done) return done;
  done = configure();
  if (!done) return done;
  done = upgrade();
  if (!done) return done;
  done = load(found);
  if (!done) return done;
  done = prepare_statements();
  if (!done) return done;
  refill_reserve();
  done = grow(options.wal_bytes);
  if (!done) return done;
  // The WAL's name too. SQLite syncs it with the first frames, and passes over an error.
  return disk_.sync_folder(options.path);
}

Result<void> Writer::configure() {
  struct Setting {
    const char* pragma;
    const char* value;
    const char* reads;
  };
  for (const auto& [pragma, value, reads] : {
           Setting{"journal_mode", "WAL", "wal"},
           Setting{"synchronous", "FULL", "2"},
           Setting{"wal_autocheckpoint", "0", "0"},
           Setting{"journal_size_limit", "-1", "-1"},
           Setting{"trusted_schema", "OFF", "0"},
           Setting{"foreign_keys", "ON", "1"},
           Setting{"secure_delete", "OFF", "0"},  // entries are never deleted
           Setting{"temp_store", "MEMORY", "2"},
       }) {
    auto set = database_.set(pragma, value, reads);
    if (!set) return set;
  }
  // SQLite tells the length of the WAL after each commit.
  sqlite3_wal_hook(
      database_.handle(),
      [](void* writer, sqlite3*, const char*, int frames) {
        static_cast<Writer*>(writer)->frames_ = frames;
        return SQLITE_OK;
      },
      this);
  return {};
}

Result<void> Writer::recognise(const JournalOptions& options) {
  const auto application = database_.number("PRAGMA application_id");
  if (!application) return application.error();
  if (*application != kApplicationId) return Error(JournalErrc::foreign_file, options.path);
  // Known now that its first page was read: a bad block can say so, and the next coin would fail.
  if (sqlite3_db_readonly(database_.handle(), "main") != 0) {
    return Error(JournalErrc::cannot_open, options.path + " can only be read");
  }
  const auto version = database_.number("PRAGMA user_version");
  if (!version) return version.error();
  if (*version > kFormatVersion) return Error(JournalErrc::newer_format, options.path);
  if (*version < kOldestVersion) return Error(JournalErrc::damaged, "its version");
  const auto origin = database_.text("SELECT value FROM meta WHERE name = 'origin'");
  if (!origin) return origin.error();
  if (*origin == options.origin) return {};
  return Error(JournalErrc::wrong_origin, origin->value_or("of no log"));
}

Result<void> Writer::upgrade() {
  const auto version = database_.number("PRAGMA user_version");
  if (!version) return version.error();
  if (*version != kFormatVersion) {
    log_info("journal", "of an earlier version: marks get the size of the log");
    auto upgraded = upgrade_marks(database_);
    if (!upgraded) return upgraded;
  }
  return check_schema(database_);
}

Result<void> Writer::load(Found& found) {
  auto head = read_head(database_);
  if (!head) return head.error();
  auto marks = read_marks(database_);
  if (!marks) return marks.error();
  auto marked = check_newest(database_, *head);
  if (!marked) return marked.error();
  auto good = marked->check(*marks);
  if (!good) return good;
  for (StoredMark& stored : *marks) {
    if (stored.size > head->size) {
      return Error(JournalErrc::damaged,
                   "the mark of " + stored.mark.device + " is of a longer log");
    }
    found.marks.push_back(std::move(stored.mark));
  }
  frontier_ = std::move(head->frontier);
  return load_derived(found);
}

Result<void> Writer::load_derived(Found& found) {
  auto cosigned = read_cosigned(database_);
  if (!cosigned) return cosigned.error();
  found.cosigned = std::move(*cosigned);
  if (found.cosigned && found.cosigned->size > frontier_.size()) {
    return Error(JournalErrc::damaged, "the ledger cosigned more entries than are here");
  }
  auto select = database_.prepare("SELECT size, text, hash FROM snapshot WHERE id = 0");
  if (!select) return select.error();
  const auto row = select->step();
  if (!row) return row.error();
  if (!*row) return {};
  JournalSnapshot snapshot{static_cast<std::uint64_t>(select->number(0)),
                           std::string(select->text(1))};
  const Hash hash = sha256(as_bytes(snapshot.text));
  if (std::ranges::equal(hash, select->bytes(2)) && snapshot.size <= frontier_.size()) {
    found.snapshot = std::move(snapshot);
  }
  return {};
}

Result<void> Writer::prepare_statements() {
  struct Wanted {
    std::optional<Statement>& statement;
    const char* sql;
  };
  for (const auto& [statement, sql] : {
           Wanted{begin_, "BEGIN IMMEDIATE"},
           Wanted{insert_, "INSERT INTO entry(seq, line, leaf) VALUES(?1, ?2, ?3)"},
           Wanted{update_head_, "UPDATE head SET size = ?1, frontier = ?2 WHERE id = 0"},
           Wanted{put_mark_, kPutMark},
           Wanted{commit_, "COMMIT"},
           Wanted{idle_, "INSERT OR REPLACE INTO spare(id, bytes) VALUES(1, x'00')"},
       }) {
    auto prepared = database_.prepare(sql);
    if (!prepared) return prepared.error();
    statement.emplace(std::move(*prepared));
  }
  return {};
}

/// A commit into a WAL that still grows makes the file system journal its size: twice the time.
Result<void> Writer::grow(std::uint64_t wal_bytes) {
  const std::string wal = std::string(sqlite3_db_filename(database_.handle(), "main")) + "-wal";
  const auto size = disk_.size(wal);
  if (!size) return size.error();
  if (size->value_or(0) >= wal_bytes) return {};
  auto ran = database_.run(
      fmt::format("INSERT OR REPLACE INTO spare(id, bytes) VALUES(0, zeroblob({}))", wal_bytes));
  if (!ran) return ran;
  ran = database_.run("DELETE FROM spare WHERE id = 0");
  if (!ran) return ran;
  return checkpoint();
}

Result<void> Writer::commit(std::span<const Commit> commits) {
  tlog::Frontier frontier = frontier_;
  auto done = try_commit(commits, frontier);
  if (made_room(done)) {
    frontier = frontier_;
    done = try_commit(commits, frontier);
  }
  if (done) frontier_ = std::move(frontier);
  return done;
}

/// After a full disk. A write failed before anything was synced, so doing it again is safe.
bool Writer::made_room(const Result<void>& done) {
  const bool full = !done && done.error() == make_error_code(JournalErrc::disk_full);
  if (!full || !reserve_.give_up()) return false;
  log_error("journal", done.error().message() + "; using the reserve");
  return true;
}

Result<void> Writer::try_commit(std::span<const Commit> commits, tlog::Frontier& frontier) {
  auto ran = begin_->run();
  if (!ran) return ran;
  for (const Commit& each : commits) {
    for (const Line& line : each.lines) {
      ran = write_line(line);
      if (!ran) return roll_back(ran.error());
      frontier.append(line.leaf);
    }
    for (const CounterMark& mark : each.marks) {
      ran = put_mark(*put_mark_, {.mark = mark, .size = frontier.size()});
      if (!ran) return roll_back(ran.error());
    }
  }
  if (frontier.size() != frontier_.size()) {
    const Bytes bytes = frontier.to_bytes();
    update_head_->bind(1, static_cast<std::int64_t>(frontier.size()));
    update_head_->bind(2, BytesView(bytes));
    ran = update_head_->run();
    if (!ran) return roll_back(ran.error());
  }
  ran = commit_->run();
  if (!ran) return roll_back(ran.error());
  return {};
}

Result<void> Writer::write_line(const Line& line) {
  insert_->bind(1, static_cast<std::int64_t>(line.seq));
  insert_->bind(2, std::string_view(line.text));
  insert_->bind(3, BytesView(line.leaf));
  return insert_->run();
}

Error Writer::roll_back(Error error) {
  if (sqlite3_get_autocommit(database_.handle()) == 0) {
    const auto rolled = database_.run("ROLLBACK");
    if (!rolled) log_error("journal", rolled.error().message());
  }
  return error;
}

Result<void> Writer::checkpoint() {
  auto done = try_checkpoint();
  if (made_room(done)) done = try_checkpoint();
  return done;
}

Result<void> Writer::try_checkpoint() {
  const int code = sqlite3_wal_checkpoint_v2(database_.handle(), "main", SQLITE_CHECKPOINT_RESTART,
                                             nullptr, nullptr);
  if (code == SQLITE_BUSY) return {};
  if (code != SQLITE_OK) return database_error(database_.handle(), "checkpoint");
  return idle_commit();
}

Result<void> Writer::idle_commit() {
  return idle_->run();
}

Result<void> Writer::keep(const std::optional<Cosigned>& cosigned,
                          const std::optional<JournalSnapshot>& snapshot) {
  auto done = try_keep(cosigned, snapshot);
  if (made_room(done)) done = try_keep(cosigned, snapshot);
  return done;
}

Result<void> Writer::try_keep(const std::optional<Cosigned>& cosigned,
                              const std::optional<JournalSnapshot>& snapshot) {
  auto ran = begin_->run();
  if (!ran) return ran;
  if (cosigned) {
    auto put = database_.prepare("INSERT OR REPLACE INTO cosigned(id, size, note) VALUES(0,?1,?2)");
    if (!put) return roll_back(put.error());
    put->bind(1, static_cast<std::int64_t>(cosigned->size));
    put->bind(2, std::string_view(cosigned->note));
    ran = put->run();
    if (!ran) return roll_back(ran.error());
  }
  if (snapshot) {
    auto put = database_.prepare(
        "INSERT OR REPLACE INTO snapshot(id, size, text, hash) VALUES(0, ?1, ?2, ?3)");
    if (!put) return roll_back(put.error());
    const Hash hash = sha256(as_bytes(snapshot->text));
    put->bind(1, static_cast<std::int64_t>(snapshot->size));
    put->bind(2, std::string_view(snapshot->text));
    put->bind(3, BytesView(hash));
    ran = put->run();
    if (!ran) return roll_back(ran.error());
  }
  ran = commit_->run();
  if (!ran) return roll_back(ran.error());
  return {};
}

void Writer::refill_reserve() {
  const auto filled = reserve_.fill();
  if (filled) {
    reserve_lack_told_ = false;
  } else if (!std::exchange(reserve_lack_told_, true)) {  // tried every few seconds, said once
    log_warning("journal", filled.error().message());
  }
}

}  // namespace yijuan::journal
