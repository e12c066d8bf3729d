// The gifts as one row each: in a plain SQLite table, and as CSV for DuckDB to load.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

namespace yijuan::bench {

/// What a query over all gifts of some days gives, added up, to be compared.
struct Sums {
  std::size_t rows = 0;
  std::int64_t gifts = 0;
  std::int64_t fen = 0;
  friend bool operator==(const Sums&, const Sums&) = default;
};

class PlainGifts {
 public:
  /// Makes both files.
  PlainGifts(const std::filesystem::path& database, const std::filesystem::path& csv);
  /// Opens the database.
  explicit PlainGifts(const std::filesystem::path& database);

  /// The gifts among a box's entries.
  void add(const std::string& town, std::span<const std::string> lines);
  /// By day, kind and town, over a scan of all rows.
  Sums sum(const std::string& from, const std::string& to);

 private:
  using Database = std::unique_ptr<sqlite3, int (*)(sqlite3*)>;
  using Statement = std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)>;
  using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;
  void run(const char* sql);
  Statement prepare(const char* sql);

  Database database_{nullptr, sqlite3_close};
  Statement insert_{nullptr, sqlite3_finalize};
  File csv_{nullptr, std::fclose};
};

}  // namespace yijuan::bench
