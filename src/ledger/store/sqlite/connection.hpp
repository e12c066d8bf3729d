// One SQLite connection and its prepared statements, with errors as Results. One thread at a time.
// Private to the store.
#pragma once

#include <sqlite3.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/fen.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "ledger/errc.hpp"

namespace yijuan::ledger {

/// A prepared statement in use. It is reset when this goes; views of a row live until then or
/// until the next step.
class Statement {
 public:
  explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}
  /// One that could not be prepared: every step is this error.
  explicit Statement(Error refused) : refused_(std::move(refused)) {}
  Statement(const Statement&) = delete;
  Statement(Statement&& other) noexcept
      : statement_(std::exchange(other.statement_, nullptr)), refused_(std::move(other.refused_)) {}
  ~Statement();

  /// Binds the next parameters. What is bound must outlive the step.
  template <class... Values>
  Statement& bind(const Values&... values) {
    (put(values), ...);
    return *this;
  }
  /// True: there is a row.
  Result<bool> step();
  /// Runs it to its end and makes it ready to be bound again.
  Result<void> run();

  /// The next column of the row.
  std::int64_t number();
  std::uint64_t count() { return static_cast<std::uint64_t>(number()); }
  Fen fen() { return Fen(number()); }
  std::string text();
  BytesView bytes();
  [[nodiscard]] bool next_is_null() const;
  void skip() { ++column_; }

 private:
  void put(std::int64_t value) { sqlite3_bind_int64(statement_, ++parameter_, value); }
  void put(std::uint64_t value) { put(static_cast<std::int64_t>(value)); }
  void put(Fen value) { put(value.count()); }
  void put(std::string_view value);
  void put(const std::string& value) { put(std::string_view(value)); }
  void put(BytesView value);
  void put(std::nullopt_t /*nothing*/) { sqlite3_bind_null(statement_, ++parameter_); }

  sqlite3_stmt* statement_ = nullptr;
  std::optional<Error> refused_;
  int parameter_ = 0;
  int column_ = -1;
};

class Connection {
 public:
  enum class Mode { read, write, make };
  /// Only `make` makes a file. `vfs` empty: the system's. Never maps the file into memory (a reader
  /// that maps and a writer that truncates do not agree), trusts no schema, checks cells.
  static Result<Connection> open(const std::string& path, Mode mode, const std::string& vfs);

  Statement statement(std::string_view sql);
  Result<void> execute(const std::string& sql);
  /// Sets a pragma and reads it back: one that did not take would cost durability.
  Result<void> set(const std::string& pragma, const std::string& value,
                   const std::string& expected);
  Result<std::int64_t> number(std::string_view sql);
  /// Whether the last statement failed for the disk's sake.
  [[nodiscard]] bool io_failed() const;
  [[nodiscard]] int changes() const { return sqlite3_changes(handle_.get()); }

  template <class... Values>
  Result<void> run(std::string_view sql, const Values&... values) {
    return statement(sql).bind(values...).run();
  }

 private:
  struct Close {
    void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
  };
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  std::unique_ptr<sqlite3, Close> handle_;
  std::map<std::string, std::unique_ptr<sqlite3_stmt, Finalize>, std::less<>> statements_;
};

/// BEGIN IMMEDIATE; rolled back when it goes without commit().
class Transaction {
 public:
  static Result<Transaction> begin(Connection& connection);
  Transaction(Transaction&& other) noexcept
      : connection_(std::exchange(other.connection_, nullptr)) {}
  ~Transaction();
  /// LedgerErrc::store_lost if memory and disk may disagree now.
  Result<void> commit();

 private:
  explicit Transaction(Connection* connection) : connection_(connection) {}
  Connection* connection_;
};

}  // namespace yijuan::ledger
