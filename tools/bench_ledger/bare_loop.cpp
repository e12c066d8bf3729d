#include "tools/bench_ledger/bare_loop.hpp"

#include "base/assert.hpp"
#include "ledger/store/sqlite/schema.hpp"
#include "tlog/entry_line.hpp"
#include "tlog/leaf.hpp"
#include "tlog/words.hpp"

namespace yijuan::bench {
namespace {

void bind_value(sqlite3_stmt* statement, int at, std::string_view text) {
  sqlite3_bind_text64(statement, at, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
}

void bind_value(sqlite3_stmt* statement, int at, std::uint64_t number) {
  sqlite3_bind_int64(statement, at, static_cast<std::int64_t>(number));
}

}  // namespace

BareLoop::BareLoop(const std::filesystem::path& path) {
  YIJUAN_ASSERT(sqlite3_open(path.c_str(), &database_) == SQLITE_OK, "a fresh database");
  run("PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
      "PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -65536;"
      "PRAGMA journal_size_limit = 67108864; PRAGMA cell_size_check = ON");
  run(std::string(ledger::kSchema));
  entry_ = prepare("INSERT INTO entries (origin, seq, line) VALUES (?, ?, ?)");
  batch_ = prepare("INSERT INTO batches VALUES (?, ?, ?, '2027-01-01T00:00:00.000Z')");
  rollup_ = prepare(
      "INSERT INTO rollups VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET gifts = gifts +"
      " excluded.gifts, people = people + excluded.people, fen = fen + excluded.fen");
  account_ = prepare(
      "INSERT INTO accounts VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET fen = fen + "
      "excluded.fen");
}

BareLoop::~BareLoop() {
  for (sqlite3_stmt* statement : {entry_, batch_, rollup_, account_}) sqlite3_finalize(statement);
  sqlite3_close(database_);
}

void BareLoop::run(const std::string& sql) {
  YIJUAN_ASSERT(sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK,
                sqlite3_errmsg(database_));
}

sqlite3_stmt* BareLoop::prepare(const char* sql) {
  sqlite3_stmt* statement = nullptr;
  YIJUAN_ASSERT(sqlite3_prepare_v2(database_, sql, -1, &statement, nullptr) == SQLITE_OK,
                sqlite3_errmsg(database_));
  return statement;
}

void BareLoop::step(sqlite3_stmt* statement) {
  YIJUAN_ASSERT(sqlite3_step(statement) == SQLITE_DONE,
                sqlite3_errmsg(sqlite3_db_handle(statement)));
  sqlite3_reset(statement);
}

template <class Look>
std::uint64_t BareLoop::for_each_line(Look look) {
  sqlite3_stmt* lines = prepare("SELECT line FROM entries ORDER BY origin, seq");
  std::uint64_t count = 0;
  while (sqlite3_step(lines) == SQLITE_ROW) {
    const auto* text = static_cast<const char*>(sqlite3_column_blob(lines, 0));
    look(std::string_view(text, static_cast<std::size_t>(sqlite3_column_bytes(lines, 0))));
    ++count;
  }
  sqlite3_finalize(lines);
  return count;
}

std::uint64_t BareLoop::scan_and_hash() {
  Hash last{};
  const std::uint64_t count =
      for_each_line([&last](std::string_view line) { last = tlog::leaf_hash(line); });
  YIJUAN_ASSERT(count == 0 || last != Hash{}, "hashed");
  return count;
}

std::uint64_t BareLoop::scan_and_parse() {
  return for_each_line(
      [](std::string_view line) { YIJUAN_ASSERT(tlog::parse_line(line).has_value(), "an entry"); });
}

void BareLoop::put(const Rows& rows) {
  run("BEGIN IMMEDIATE");
  std::uint64_t seq = rows.first;
  for (const std::string& line : rows.lines) {
    bind_value(entry_, 1, rows.origin);
    bind_value(entry_, 2, seq++);
    bind_value(entry_, 3, line);
    step(entry_);
  }
  bind_value(batch_, 1, rows.origin);
  bind_value(batch_, 2, rows.first);
  bind_value(batch_, 3, rows.lines.size());
  step(batch_);
  for (const auto& [key, sum] : rows.changes.rollups) {
    const std::string day = domain::to_text(key.day);
    bind_value(rollup_, 1, rows.box);
    bind_value(rollup_, 2, day);
    bind_value(rollup_, 3, tlog::to_text(key.activity));
    bind_value(rollup_, 4, tlog::to_text(key.channel));
    bind_value(rollup_, 5, sum.gifts);
    bind_value(rollup_, 6, sum.people);
    bind_value(rollup_, 7, static_cast<std::uint64_t>(sum.sum.count()));
    step(rollup_);
  }
  for (const auto& [key, amount] : rows.changes.accounts) {
    const std::string day = domain::to_text(key.day);
    bind_value(account_, 1, rows.box);
    bind_value(account_, 2, day);
    bind_value(account_, 3, key.account);
    bind_value(account_, 4, static_cast<std::uint64_t>(amount.count()));
    step(account_);
  }
  run("COMMIT");
}

}  // namespace yijuan::bench
