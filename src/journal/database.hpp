// One SQLite connection and its statements, with errors as Results. A connection is used by one
// thread at a time.
#pragma once

#include <sqlite3.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "journal/errc.hpp"

namespace yijuan::journal {

/// A prepared statement. Views of a row live until the next step() or reset().
class Statement {
 public:
  Statement(sqlite3* database, sqlite3_stmt* statement);

  void bind(int position, std::int64_t number);
  /// `text` and `bytes` must outlive the step.
  void bind(int position, std::string_view text);
  void bind(int position, BytesView bytes);

  /// True: there is a row. False: done, and reset.
  Result<bool> step();
  /// Runs a statement that returns no row.
  Result<void> run();
  void reset() { sqlite3_reset(statement_.get()); }

  [[nodiscard]] std::int64_t number(int column) const;
  [[nodiscard]] std::string_view text(int column) const;
  [[nodiscard]] BytesView bytes(int column) const;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  sqlite3* database_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

class Database {
 public:
  enum class Mode { read, write, create };
  /// `vfs` empty: the system's. Trusts no schema, checks cells, never maps the file into memory,
  /// and leaves the WAL alone when it closes.
  static Result<Database> open(const std::string& path, Mode mode, const std::string& vfs);

  Result<void> run(const std::string& sql);
  Result<Statement> prepare(std::string_view sql);
  /// First column of the first row; nothing where there is no row.
  Result<std::optional<std::int64_t>> number(std::string_view sql);
  Result<std::optional<std::string>> text(std::string_view sql);
  /// Sets a pragma and reads it back: a setting that did not take would cost coins later.
  Result<void> set(const std::string& pragma, const std::string& value,
                   const std::string& expected);

  [[nodiscard]] sqlite3* handle() const { return handle_.get(); }

 private:
  struct Close {
    void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
  };
  std::unique_ptr<sqlite3, Close> handle_;
};

/// SQLite's last error on this connection as one of ours.
Error database_error(sqlite3* handle, std::string_view what);

}  // namespace yijuan::journal
