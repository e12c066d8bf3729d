#include "tools/bench_dashboard/plain_gifts.hpp"

#include <fmt/format.h>

#include "base/assert.hpp"
#include "domain/business_day.hpp"
#include "tlog/entry_line.hpp"
#include "tlog/words.hpp"

namespace yijuan::bench {
namespace {

void bind(sqlite3_stmt* statement, int at, std::string_view text) {
  sqlite3_bind_text64(statement, at, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
}

}  // namespace

PlainGifts::PlainGifts(const std::filesystem::path& database) {
  sqlite3* handle = nullptr;
  YIJUAN_ASSERT(sqlite3_open(database.c_str(), &handle) == SQLITE_OK, "a database");
  database_.reset(handle);
}

PlainGifts::PlainGifts(const std::filesystem::path& database, const std::filesystem::path& csv)
    : PlainGifts(database) {
  run("PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
      "CREATE TABLE gifts (day TEXT NOT NULL, kind TEXT NOT NULL, town TEXT NOT NULL,"
      " people INTEGER NOT NULL, fen INTEGER NOT NULL) STRICT");
  insert_ = prepare("INSERT INTO gifts VALUES (?, ?, ?, ?, ?)");
  csv_.reset(std::fopen(csv.c_str(), "we"));
  YIJUAN_ASSERT(csv_ != nullptr, "a file");
}

void PlainGifts::add(const std::string& town, std::span<const std::string> lines) {
  run("BEGIN");
  for (const std::string& line : lines) {
    const auto entry = tlog::parse_line(line);
    YIJUAN_ASSERT(entry.has_value(), "an entry");
    const auto* gift = std::get_if<tlog::Gift>(&entry->body);
    if (gift == nullptr) continue;
    const std::string day = domain::to_text(domain::shanghai_day(entry->header.at.time));
    const std::string_view kind = tlog::to_text(gift->terms.activity);
    bind(insert_.get(), 1, day);
    bind(insert_.get(), 2, kind);
    bind(insert_.get(), 3, town);
    sqlite3_bind_int64(insert_.get(), 4, gift->people);
    sqlite3_bind_int64(insert_.get(), 5, gift->amount.count());
    YIJUAN_ASSERT(sqlite3_step(insert_.get()) == SQLITE_DONE, sqlite3_errmsg(database_.get()));
    sqlite3_reset(insert_.get());
    fmt::print(csv_.get(), "{},{},{},{},{}\n", day, kind, town, gift->people, gift->amount.count());
  }
  run("COMMIT");
}

Sums PlainGifts::sum(const std::string& from, const std::string& to) {
  const Statement query = prepare(
      "SELECT day, kind, town, count(*), sum(people), sum(fen) FROM gifts "
      "WHERE day BETWEEN ? AND ? GROUP BY day, kind, town");
  bind(query.get(), 1, from);
  bind(query.get(), 2, to);
  Sums sums;
  while (sqlite3_step(query.get()) == SQLITE_ROW) {
    ++sums.rows;
    sums.gifts += sqlite3_column_int64(query.get(), 3);
    sums.fen += sqlite3_column_int64(query.get(), 5);
  }
  return sums;
}

void PlainGifts::run(const char* sql) {
  YIJUAN_ASSERT(sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr) == SQLITE_OK,
                sqlite3_errmsg(database_.get()));
}

PlainGifts::Statement PlainGifts::prepare(const char* sql) {
  sqlite3_stmt* statement = nullptr;
  YIJUAN_ASSERT(sqlite3_prepare_v2(database_.get(), sql, -1, &statement, nullptr) == SQLITE_OK,
                sqlite3_errmsg(database_.get()));
  return {statement, sqlite3_finalize};
}

}  // namespace yijuan::bench
