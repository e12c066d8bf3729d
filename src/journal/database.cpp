#include "journal/database.hpp"

#include <fmt/format.h>

#include <initializer_list>
#include <utility>

namespace yijuan::journal {

Error database_error(sqlite3* handle, std::string_view what) {
  const int code = sqlite3_extended_errcode(handle);
  std::string detail = fmt::format("{}: {} ({})", what, sqlite3_errmsg(handle), code);
  switch (code & 0xff) {
    case SQLITE_FULL:
      return {JournalErrc::disk_full, std::move(detail)};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_ERROR:  // a statement that does not fit the schema: ours is fixed, so the file's is
                        // not
    case SQLITE_MISMATCH:
    case SQLITE_CONSTRAINT:
      return {JournalErrc::damaged, std::move(detail)};
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_READONLY:
      return {JournalErrc::cannot_open, std::move(detail)};
    default:
      return {sqlite3_db_readonly(handle, "main") == 1 ? JournalErrc::read_failed
                                                       : JournalErrc::write_failed,
              std::move(detail)};
  }
}

Statement::Statement(sqlite3* database, sqlite3_stmt* statement)
    : database_(database), statement_(statement) {}

void Statement::bind(int position, std::int64_t number) {
  sqlite3_bind_int64(statement_.get(), position, number);
}

void Statement::bind(int position, std::string_view text) {
  sqlite3_bind_text64(statement_.get(), position, text.data(), text.size(), SQLITE_STATIC,
                      SQLITE_UTF8);
}

void Statement::bind(int position, BytesView bytes) {
  sqlite3_bind_blob64(statement_.get(), position, bytes.data(), bytes.size(), SQLITE_STATIC);
}

Result<bool> Statement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) {
    reset();
    return false;
  }
  Error error = database_error(database_, sqlite3_sql(statement_.get()));
  reset();
  return error;
}

Result<void> Statement::run() {
  const auto row = step();
  if (!row) return row.error();
  return {};
}

std::int64_t Statement::number(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

std::string_view Statement::text(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
  if (text == nullptr) return {};
  return {text, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

BytesView Statement::bytes(int column) const {
  const auto* bytes =
      static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_.get(), column));
  if (bytes == nullptr) return {};
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

Result<Database> Database::open(const std::string& path, Mode mode, const std::string& vfs) {
  int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  flags |= mode == Mode::read ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
  if (mode == Mode::create) flags |= SQLITE_OPEN_CREATE;
  sqlite3* handle = nullptr;
  const int code =
      sqlite3_open_v2(path.c_str(), &handle, flags, vfs.empty() ? nullptr : vfs.c_str());
  Database database;
  database.handle_.reset(handle);
  if (code != SQLITE_OK) {
    if (handle == nullptr) return Error(JournalErrc::cannot_open, path);
    return Error(JournalErrc::cannot_open, fmt::format("{}: {}", path, sqlite3_errmsg(handle)));
  }
  for (const auto& [option, value] :
       std::initializer_list<std::pair<int, int>>{{SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1},
                                                  {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
                                                  {SQLITE_DBCONFIG_DEFENSIVE, 1}}) {
    sqlite3_db_config(handle, option, value, nullptr);
  }
  auto ran = database.run("PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0");
  if (!ran) return ran.error();
  return database;
}

Result<void> Database::run(const std::string& sql) {
  if (sqlite3_exec(handle(), sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK) return {};
  return database_error(handle(), sql);
}

Result<Statement> Database::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(handle(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) return database_error(handle(), sql);
  return Statement(handle(), statement);
}

Result<std::optional<std::int64_t>> Database::number(std::string_view sql) {
  auto statement = prepare(sql);
  if (!statement) return statement.error();
  const auto row = statement->step();
  if (!row) return row.error();
  if (!*row) return std::optional<std::int64_t>();
  return std::optional(statement->number(0));
}

Result<std::optional<std::string>> Database::text(std::string_view sql) {
  auto statement = prepare(sql);
  if (!statement) return statement.error();
  const auto row = statement->step();
  if (!row) return row.error();
  if (!*row) return std::optional<std::string>();
  return std::optional(std::string(statement->text(0)));
}

Result<void> Database::set(const std::string& pragma, const std::string& value,
                           const std::string& expected) {
  auto ran = run(fmt::format("PRAGMA {} = {}", pragma, value));
  if (!ran) return ran;
  const auto now = text(fmt::format("PRAGMA {}", pragma));
  if (!now) return now.error();
  if (now->value_or("") == expected) return {};
  return Error(JournalErrc::cannot_open,
               fmt::format("SQLite keeps {} at {}", pragma, now->value_or("nothing")));
}

}  // namespace yijuan::journal
