#include "tests/postgres/postgres_schema.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <stdexcept>

#include "io/files.hpp"

namespace yijuan::test {
namespace {

std::string server() {
  const char* where = std::getenv("YIJUAN_TEST_POSTGRES");
  if (where == nullptr) {
    throw std::runtime_error("no server: run this by tools/world/with_postgres.py");
  }
  return where;
}

std::string file(const char* name) {
  auto content = read_file(std::string(YIJUAN_SOURCE_DIR "/config/postgres/") + name, 1 << 20);
  if (!content) throw std::runtime_error(content.error().message());
  return *content;
}

}  // namespace

PostgresSchema::PostgresSchema(Tables tables) : server_(server()) {
  static std::atomic<int> number = 0;
  name_ = fmt::format("test_{}_{}", ::getpid(), ++number);
  connection_ = PQconnectdb(where().c_str());
  PQsetNoticeProcessor(connection_, [](void*, const char*) {}, nullptr);
  run("SET client_min_messages = warning; CREATE SCHEMA " + name_);
  if (tables != Tables::none) run(file("schema.sql"));
  if (tables == Tables::partitioned) run(file("partitions.sql"));
}

PostgresSchema::~PostgresSchema() {
  PQclear(PQexec(connection_, fmt::format("DROP SCHEMA {} CASCADE", name_).c_str()));
  PQfinish(connection_);
}

std::string PostgresSchema::where(unsigned port, const std::string& settings) const {
  std::string text = fmt::format("{} options='-c search_path={} {}'", server_, name_, settings);
  if (port != 0) text += fmt::format(" port={}", port);  // what comes later counts
  return text;
}

unsigned PostgresSchema::port() const {
  return static_cast<unsigned>(std::atoi(PQport(connection_)));
}

void PostgresSchema::run(const std::string& sql) {
  PGresult* result = PQexec(connection_, sql.c_str());
  const ExecStatusType status = PQresultStatus(result);
  PQclear(result);
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
    throw std::runtime_error(sql + ": " + PQerrorMessage(connection_));
  }
}

void PostgresSchema::reconnect() {
  PQreset(connection_);
}

std::string PostgresSchema::ask(const std::string& sql) {
  PGresult* result = PQexec(connection_, sql.c_str());
  const bool good = PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) > 0;
  std::string text = good ? PQgetvalue(result, 0, 0) : "";
  PQclear(result);
  if (!good) throw std::runtime_error(sql + ": " + PQerrorMessage(connection_));
  return text;
}

}  // namespace yijuan::test
