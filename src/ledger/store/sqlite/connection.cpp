#include "ledger/store/sqlite/connection.hpp"

#include <fmt/format.h>

namespace yijuan::ledger {
namespace {

Error store_error(sqlite3* handle) {
  const int code = sqlite3_extended_errcode(handle);
  const bool flush = code == SQLITE_IOERR_FSYNC || code == SQLITE_IOERR_DIR_FSYNC;
  const bool damaged = (code & 0xff) == SQLITE_CORRUPT || (code & 0xff) == SQLITE_NOTADB;
  return {flush     ? LedgerErrc::store_lost
          : damaged ? LedgerErrc::store_damaged
                    : LedgerErrc::store_failed,
          fmt::format("{} ({})", sqlite3_errmsg(handle), code)};
}

}  // namespace

Statement::~Statement() {
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

Result<bool> Statement::step() {
  column_ = -1;
  if (refused_) return *refused_;
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return store_error(sqlite3_db_handle(statement_));
}

Result<void> Statement::run() {
  const auto stepped = step();
  parameter_ = 0;
  if (!stepped) return stepped.error();
  sqlite3_reset(statement_);
  return {};
}

std::int64_t Statement::number() {
  return sqlite3_column_int64(statement_, ++column_);
}

std::string Statement::text() {
  return std::string(as_text(bytes()));
}

BytesView Statement::bytes() {
  ++column_;
  const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_, column_));
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column_))};
}

bool Statement::next_is_null() const {
  return sqlite3_column_type(statement_, column_ + 1) == SQLITE_NULL;
}

void Statement::put(std::string_view value) {
  sqlite3_bind_text64(statement_, ++parameter_, value.data() == nullptr ? "" : value.data(),
                      value.size(), SQLITE_STATIC, SQLITE_UTF8);
}

void Statement::put(BytesView value) {
  sqlite3_bind_blob64(statement_, ++parameter_, value.data(), value.size(), SQLITE_STATIC);
}

Result<Connection> Connection::open(const std::string& path, Mode mode, const std::string& vfs) {
  const int flags = mode == Mode::read    ? SQLITE_OPEN_READONLY
                    : mode == Mode::write ? SQLITE_OPEN_READWRITE
                                          : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags | SQLITE_OPEN_NOMUTEX,
                                   vfs.empty() ? nullptr : vfs.c_str());
  Connection connection;
  connection.handle_.reset(handle);
  if (code != SQLITE_OK) {
    return {LedgerErrc::store_unavailable, fmt::format("{}: {}", path, sqlite3_errstr(code))};
  }
  sqlite3_busy_timeout(handle, 5000);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  for (const auto& [pragma, value] : {std::pair{"mmap_size", "0"}, {"cell_size_check", "1"}}) {
    auto set = connection.set(pragma, value, value);
    if (!set) return set.error();
  }
  return connection;
}

Statement Connection::statement(std::string_view sql) {
  auto found = statements_.find(sql);
  if (found == statements_.end()) {
    sqlite3_stmt* prepared = nullptr;
    const int code = sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &prepared, nullptr);
    // Our own text against our own schema: but that is read from the disk, now.
    if (code != SQLITE_OK) return Statement(store_error(handle_.get()));
    found = statements_.emplace(sql, prepared).first;
  }
  return Statement(found->second.get());
}

Result<void> Connection::execute(const std::string& sql) {
  if (sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    return store_error(handle_.get());
  }
  return {};
}

Result<std::int64_t> Connection::number(std::string_view sql) {
  sqlite3_stmt* prepared = nullptr;
  if (sqlite3_prepare_v2(handle_.get(), sql.data(), static_cast<int>(sql.size()), &prepared,
                         nullptr) != SQLITE_OK) {
    return store_error(handle_.get());
  }
  const std::unique_ptr<sqlite3_stmt, Finalize> owner(prepared);
  Statement statement(prepared);
  auto row = statement.step();
  if (!row) return row.error();
  return *row ? statement.number() : 0;
}

Result<void> Connection::set(const std::string& pragma, const std::string& value,
                             const std::string& expected) {
  auto done = execute("PRAGMA " + pragma + "=" + value);
  if (!done) return done;
  sqlite3_stmt* prepared = nullptr;
  const std::string ask = "PRAGMA " + pragma;
  if (sqlite3_prepare_v2(handle_.get(), ask.c_str(), -1, &prepared, nullptr) != SQLITE_OK) {
    return store_error(handle_.get());
  }
  const std::unique_ptr<sqlite3_stmt, Finalize> owner(prepared);
  Statement statement(prepared);
  auto row = statement.step();
  if (!row) return row.error();
  const std::string got = *row ? statement.text() : "";
  if (got != expected) {
    return {LedgerErrc::store_unavailable,
            fmt::format("{} is {}, though it was set to {}", pragma, got, value)};
  }
  return {};
}

bool Connection::io_failed() const {
  return (sqlite3_extended_errcode(handle_.get()) & 0xff) == SQLITE_IOERR;
}

Result<Transaction> Transaction::begin(Connection& connection) {
  auto begun = connection.execute("BEGIN IMMEDIATE");
  if (!begun) return begun.error();
  return Transaction(&connection);
}

Transaction::~Transaction() {
  if (connection_ == nullptr) return;
  const auto undone = connection_->execute("ROLLBACK");
  static_cast<void>(undone);  // SQLite has rolled back by itself after some errors
}

Result<void> Transaction::commit() {
  auto done = connection_->execute("COMMIT");
  // A full disk is rolled back and known; after an I/O error nobody knows what is on the disk.
  if (!done && connection_->io_failed()) return {LedgerErrc::store_lost, done.error().message()};
  if (!done) return done;
  connection_ = nullptr;
  return {};
}

}  // namespace yijuan::ledger
