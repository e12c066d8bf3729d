#include "ledger/store/postgres/connection.hpp"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>

namespace yijuan::ledger::postgres {
namespace {

constexpr std::size_t kCopyPiece = std::size_t{64} * 1024;
constexpr std::string_view kTookTooLong = "57014";

// libpq's messages end in a line feed and may have more inside.
std::string one_line(const char* message) {
  std::string line = message == nullptr ? "" : message;
  while (!line.empty() && line.back() == '\n') line.pop_back();
  std::ranges::replace(line, '\n', ' ');
  return line;
}

LedgerErrc class_of(std::string_view state) {
  if (state == "40001" || state == "40P01") return LedgerErrc::store_busy;
  if (state == "XX001" || state == "XX002") return LedgerErrc::store_damaged;
  // Connection exceptions, a server that stops or starts, a commit of which it knows nothing, a
  // statement that took too long.
  static constexpr std::array<std::string_view, 7> kAway = {kTookTooLong, "57P01", "57P02", "57P03",
                                                            "57P05",      "25P03", "40003"};
  const bool away = state.starts_with("08") || std::ranges::find(kAway, state) != kAway.end();
  return away ? LedgerErrc::store_away : LedgerErrc::store_failed;
}

}  // namespace

Result<void> check_where(const std::string& where) {
  char* message = nullptr;
  PQconninfoOption* options = PQconninfoParse(where.c_str(), &message);
  const std::string why = one_line(message);
  PQfreemem(message);
  PQconninfoFree(options);
  if (options == nullptr) return {LedgerErrc::bad_argument, why};
  return {};
}

std::string shown_where(const std::string& where) {
  PQconninfoOption* options = PQconninfoParse(where.c_str(), nullptr);
  std::string shown = "PostgreSQL";
  for (const PQconninfoOption* option = options; option != nullptr && option->keyword != nullptr;
       ++option) {
    const std::string_view key = option->keyword;
    const bool named = key == "host" || key == "hostaddr" || key == "port" || key == "dbname";
    if (named && option->val != nullptr) shown += fmt::format(" {}={}", key, option->val);
  }
  PQconninfoFree(options);
  return shown;
}

Result<Connection> Connection::open(const std::string& where, const Limits& limits) {
  const std::string wait = std::to_string(limits.connect.count());
  // What comes later counts: `where` may change the ones before it.
  const std::array keys = {"connect_timeout",           "tcp_user_timeout",
                           "keepalives_idle",           "keepalives_interval",
                           "keepalives_count",          "target_session_attrs",
                           "fallback_application_name", "dbname",
                           "client_encoding",           static_cast<const char*>(nullptr)};
  const std::array values = {
      wait.c_str(), "10000",         "10",          "5",    "3",
      "read-write", "yijuan-ledger", where.c_str(), "UTF8", static_cast<const char*>(nullptr)};
  Connection connection;
  connection.limits_ = limits;
  connection.handle_.reset(PQconnectdbParams(keys.data(), values.data(), 1));
  PGconn* handle = connection.handle_.get();
  if (handle == nullptr || PQstatus(handle) != CONNECTION_OK) {
    return {LedgerErrc::store_away, one_line(PQerrorMessage(handle))};
  }
  PQsetNoticeProcessor(handle, [](void*, const char*) {}, nullptr);
  PQsetnonblocking(handle, 1);
  auto set = connection.script(
      fmt::format("SET statement_timeout = {}; SET idle_in_transaction_session_timeout = {};"
                  // A scan of a small table would lock all of it for a serializable transaction.
                  "SET enable_seqscan = off; SET TimeZone = 'UTC'",
                  limits.statement.count(), limits.idle.count()));
  if (!set) return set.error();
  return connection;
}

bool Connection::usable() const {
  return !broken_ && PQstatus(handle_.get()) == CONNECTION_OK;
}

// The name under which the statement is known, or will be when what is queued was answered.
std::string Connection::prepare(std::string_view sql) {
  const auto known = prepared_.find(sql);
  if (known != prepared_.end()) return known->second;
  const std::string text(sql);
  const std::string name = fmt::format("s{}", ++names_);
  if (PQsendPrepare(handle_.get(), name.c_str(), text.c_str(), 0, nullptr) != 1) broken_ = true;
  prepared_.emplace(text, name);
  queue_.push_back({.wanted = false, .prepared = text});
  return name;
}

void Connection::send_prepared(std::string_view sql, const Parameters& parameters, bool wanted) {
  PGconn* handle = handle_.get();
  if (!usable()) return;
  if (PQpipelineStatus(handle) == PQ_PIPELINE_OFF) PQenterPipelineMode(handle);
  const std::string name = prepare(sql);
  if (PQsendQueryPrepared(handle, name.c_str(), parameters.count(), parameters.values(),
                          parameters.lengths(), Parameters::formats(), 1) != 1) {
    broken_ = true;
  }
  queue_.push_back({.wanted = wanted, .prepared = {}});
}

Result<std::vector<Rows>> Connection::finish() {
  const auto queue = std::exchange(queue_, {});
  if (!usable() || PQpipelineSync(handle_.get()) != 1) return lost();
  std::vector<Rows> answers;
  std::optional<Error> error;
  for (const Expected& expected : queue) {
    auto answer = answer_to(expected);
    if (!usable()) return answer ? lost() : answer.error();
    if (!answer && !error) error = answer.error();
    if (answer && expected.wanted) answers.push_back(*std::move(answer));
  }
  auto end = next_result();
  if (!end) return end.error();
  const Rows sync(*end);
  if (PQexitPipelineMode(handle_.get()) != 1) return lost();
  if (error) return *error;
  return answers;
}

// In a pipeline each answer is one result and then none.
Result<Rows> Connection::answer_to(const Expected& expected) {
  auto result = next_result();
  if (!result) return result.error();
  Rows rows(*result);
  const ExecStatusType status = PQresultStatus(*result);
  auto end = next_result();
  if (!end) return end.error();
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return rows;
  if (!expected.prepared.empty()) prepared_.erase(expected.prepared);
  return error_of(*result);
}

Result<void> Connection::copy(const std::string& sql, BytesView rows) {
  if (!usable() || PQsendQuery(handle_.get(), sql.c_str()) != 1) return lost();
  auto begun = next_result();
  if (!begun) return begun.error();
  const Rows first(*begun);
  if (PQresultStatus(*begun) != PGRES_COPY_IN) {
    const Error error = error_of(*begun);
    auto rest = last_result();
    return error;
  }
  while (!rows.empty()) {
    const std::size_t size = std::min(rows.size(), kCopyPiece);
    const auto* piece = reinterpret_cast<const char*>(rows.data());
    const int put = PQputCopyData(handle_.get(), piece, static_cast<int>(size));
    if (put < 0) return lost();
    if (put > 0) rows = rows.subspan(size);
    auto flushed = flush();
    if (!flushed) return flushed;
  }
  if (PQputCopyEnd(handle_.get(), nullptr) != 1) return lost();
  auto done = last_result();
  if (!done) return done.error();
  return {};
}

Result<Rows> Connection::script(const std::string& sql) {
  if (!usable() || PQsendQuery(handle_.get(), sql.c_str()) != 1) return lost();
  return last_result();
}

// All results up to the end; the last, or the first error.
Result<Rows> Connection::last_result() {
  std::optional<Error> error;
  Rows last(nullptr);
  while (true) {
    auto result = next_result();
    if (!result) return result.error();
    if (*result == nullptr) break;
    last = Rows(*result);
    const ExecStatusType status = PQresultStatus(*result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && !error) {
      error = error_of(*result);
    }
  }
  if (!usable()) return lost();
  if (error) return *error;
  return last;
}

bool Connection::roll_back() {
  queue_.clear();
  if (!usable()) return false;
  if (PQpipelineStatus(handle_.get()) != PQ_PIPELINE_OFF) return false;  // answers still to come
  if (PQtransactionStatus(handle_.get()) == PQTRANS_IDLE) return true;
  return script("ROLLBACK").has_value();
}

// The next result when it has come; null at the end of an answer.
Result<PGresult*> Connection::next_result() {
  auto flushed = flush();
  if (!flushed) return flushed.error();
  while (PQisBusy(handle_.get()) != 0) {
    auto waited = wait(false);
    if (!waited) return waited.error();
    if (PQconsumeInput(handle_.get()) != 1) return lost();
  }
  return PQgetResult(handle_.get());
}

Result<void> Connection::flush() {
  while (true) {
    const int left = PQflush(handle_.get());
    if (left < 0) return lost();
    if (left == 0) return {};
    auto waited = wait(true);
    if (!waited) return waited;
    if (PQconsumeInput(handle_.get()) != 1) return lost();
  }
}

// Until there is something to read, or room to write.
Result<void> Connection::wait(bool also_to_write) {
  pollfd socket{.fd = PQsocket(handle_.get()), .events = POLLIN, .revents = 0};
  if (also_to_write) socket.events |= POLLOUT;
  int ready = 0;
  do {
    ready = ::poll(&socket, 1, static_cast<int>(limits_.silence.count()));
  } while (ready < 0 && errno == EINTR);
  if (ready > 0) return {};
  broken_ = true;
  return {LedgerErrc::store_away, fmt::format("no answer for {} ms", limits_.silence.count())};
}

Error Connection::lost() {
  broken_ = true;
  const std::string why = one_line(PQerrorMessage(handle_.get()));
  return {LedgerErrc::store_away, why.empty() ? "the connection broke" : why};
}

Error Connection::error_of(const PGresult* result) {
  const char* field = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const std::string_view state = field == nullptr ? "" : field;
  if (PQresultStatus(result) == PGRES_PIPELINE_ABORTED) {
    return {LedgerErrc::store_failed, "a statement before it failed"};
  }
  if (state.empty()) return lost();  // libpq's own error: the connection
  const LedgerErrc code = class_of(state);
  if (code == LedgerErrc::store_away && state != kTookTooLong) broken_ = true;
  const char* primary = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  return {code, fmt::format("{} ({})", one_line(primary), state)};
}

}  // namespace yijuan::ledger::postgres
