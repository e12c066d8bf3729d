#include "tools/bench_postgres/temp_copy_loop.hpp"

#include "base/assert.hpp"
#include "ledger/store/postgres/parts.hpp"
#include "tlog/words.hpp"

namespace yijuan::bench {
namespace {

struct Statement {
  const char* name;
  const char* sql;
  int parameters;
};
constexpr std::array kStatements = {
    Statement{"mark", "INSERT INTO batches VALUES ($1, $2, $3, $4, '2027-01-01T00:00:00Z')", 4},
    Statement{"rollup",
              "INSERT INTO rollups VALUES ($1, $2, $3, $4, $5, $6, $7) "
              "ON CONFLICT (box, day, activity, channel) DO UPDATE SET "
              "gifts = rollups.gifts + excluded.gifts, people = rollups.people + excluded.people, "
              "fen = rollups.fen + excluded.fen",
              7},
    Statement{"account",
              "INSERT INTO accounts VALUES ($1, $2, $3, $4) ON CONFLICT (box, day, account) "
              "DO UPDATE SET fen = accounts.fen + excluded.fen",
              4}};

}  // namespace

TempCopyLoop::TempCopyLoop(const std::string& where) : connection_(PQconnectdb(where.c_str())) {
  YIJUAN_ASSERT(PQstatus(connection_) == CONNECTION_OK, PQerrorMessage(connection_));
  PQsetNoticeProcessor(connection_, [](void*, const char*) {}, nullptr);
  run("CREATE SCHEMA reference; SET search_path = reference");
  run(std::string(ledger::postgres::kSchema).c_str());
  run("CREATE TEMP TABLE incoming (box text, origin text, seq bigint, line bytea) "
      "ON COMMIT DELETE ROWS");
  for (const Statement& statement : kStatements) {
    PQclear(PQprepare(connection_, statement.name, statement.sql, statement.parameters, nullptr));
  }
}

TempCopyLoop::~TempCopyLoop() {
  PQfinish(connection_);
}

void TempCopyLoop::run(const char* sql) {
  PGresult* result = PQexec(connection_, sql);
  const ExecStatusType status = PQresultStatus(result);
  YIJUAN_ASSERT(status == PGRES_COMMAND_OK || status == PGRES_COPY_IN, PQerrorMessage(connection_));
  PQclear(result);
}

void TempCopyLoop::execute(const char* name, const std::vector<std::string>& values) {
  std::vector<const char*> texts;
  texts.reserve(values.size());
  for (const std::string& value : values) texts.push_back(value.c_str());
  PGresult* result = PQexecPrepared(connection_, name, static_cast<int>(texts.size()), texts.data(),
                                    nullptr, nullptr, 0);
  YIJUAN_ASSERT(PQresultStatus(result) == PGRES_COMMAND_OK, PQerrorMessage(connection_));
  PQclear(result);
}

void TempCopyLoop::copy(const Rows& rows) {
  ledger::postgres::CopyRows copied;
  std::uint64_t seq = rows.first;
  for (const std::string& line : rows.lines) copied.add(rows.box, rows.origin, seq++, line);
  const BytesView data = copied.finish();
  run("COPY incoming FROM STDIN (FORMAT binary)");
  PQputCopyData(connection_, reinterpret_cast<const char*>(data.data()),
                static_cast<int>(data.size()));
  PQputCopyEnd(connection_, nullptr);
  while (PGresult* result = PQgetResult(connection_)) {
    YIJUAN_ASSERT(PQresultStatus(result) == PGRES_COMMAND_OK, PQerrorMessage(connection_));
    PQclear(result);
  }
}

void TempCopyLoop::put_mark(const Rows& rows) {
  execute("mark",
          {rows.box, rows.origin, std::to_string(rows.first), std::to_string(rows.lines.size())});
}

void TempCopyLoop::put_sums(const Rows& rows) {
  for (const auto& [key, sum] : rows.changes.rollups) {
    execute("rollup", {rows.box, domain::to_text(key.day), std::string(tlog::to_text(key.activity)),
                       std::string(tlog::to_text(key.channel)), std::to_string(sum.gifts),
                       std::to_string(sum.people), std::to_string(sum.sum.count())});
  }
  for (const auto& [key, amount] : rows.changes.accounts) {
    execute("account",
            {rows.box, domain::to_text(key.day), key.account, std::to_string(amount.count())});
  }
}

void TempCopyLoop::put(const Rows& rows) {
  run("BEGIN");
  copy(rows);
  run("INSERT INTO entries SELECT * FROM incoming ON CONFLICT (box, origin, seq) DO NOTHING");
  put_mark(rows);
  put_sums(rows);
  run("COMMIT");
}

}  // namespace yijuan::bench
