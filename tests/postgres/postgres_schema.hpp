// A schema of its own, for one test, in the database that with_postgres.py brings; dropped at the
// end. Whatever connects through where() sees it alone.
#pragma once

#include <libpq-fe.h>

#include <string>

namespace yijuan::test {

enum class Tables { none, plain, partitioned };

class PostgresSchema {
 public:
  explicit PostgresSchema(Tables tables = Tables::none);
  ~PostgresSchema();
  PostgresSchema(const PostgresSchema&) = delete;
  PostgresSchema& operator=(const PostgresSchema&) = delete;

  /// For libpq; of another port, where a proxy listens. `settings` of the session: "-c name=value".
  [[nodiscard]] std::string where(unsigned port = 0, const std::string& settings = "") const;
  [[nodiscard]] unsigned port() const;
  /// Runs statements, over a connection that is not under test.
  void run(const std::string& sql);
  /// After a crash of the server, which ended that connection too.
  void reconnect();
  /// The first column of the first row.
  std::string ask(const std::string& sql);

 private:
  std::string server_;
  std::string name_;
  PGconn* connection_ = nullptr;
};

}  // namespace yijuan::test
