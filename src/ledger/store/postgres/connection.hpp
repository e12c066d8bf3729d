// One connection to PostgreSQL through libpq, with errors as Results. Statements are prepared once
// and sent in pipelines: what is queued travels together and is answered together. Nothing waits
// for longer than the limits say, even for a server that hangs. One thread at a time. Private to
// the store.
//
// Errors: LedgerErrc::store_busy: others wrote the same rows, the transaction may be tried again
// (SQLSTATE 40001, 40P01). store_away: no server, no answer in time, or a connection that broke:
// what was asked may have been done or not. store_damaged: the server says that its files are.
// store_failed: all else.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "ledger/errc.hpp"
#include "ledger/store/postgres/values.hpp"

namespace yijuan::ledger::postgres {

/// How long anything may take.
struct Limits {
  std::chrono::seconds connect{5};            // to connect and log in
  std::chrono::milliseconds silence{20'000};  // of a server that owes an answer
  std::chrono::milliseconds statement{15'000};
  std::chrono::milliseconds idle{10'000};     // in a transaction: a dead ledgerd holds no rows
  std::chrono::milliseconds patience{2'000};  // for a server that restarts in a transaction
  std::chrono::milliseconds pause{1'000};     // before one that was away is asked again
};

/// Whether libpq understands `where`; if not, LedgerErrc::bad_argument with what is wrong.
Result<void> check_where(const std::string& where);
/// Which database that is, for people: server and name, no password. REQUIRES: check_where().
std::string shown_where(const std::string& where);

class Connection {
 public:
  /// `where`: what libpq takes, "host=… dbname=…" or a URI; what it says comes before `limits`.
  static Result<Connection> open(const std::string& where, const Limits& limits);

  /// Queues a statement whose answer finish() gives.
  template <class... Values>
  void send(std::string_view sql, const Values&... values) {
    send_prepared(sql, Parameters(values...), true);
  }
  /// Queues one whose answer nobody needs, unless it is an error.
  template <class... Values>
  void send_only(std::string_view sql, const Values&... values) {
    send_prepared(sql, Parameters(values...), false);
  }
  /// Sends what is queued and waits for the answers to send(), in order; the first error instead.
  Result<std::vector<Rows>> finish();
  template <class... Values>
  Result<Rows> ask(std::string_view sql, const Values&... values) {
    send(sql, values...);
    auto answers = finish();
    if (!answers) return answers.error();
    return std::move(answers->back());
  }
  /// "COPY … FROM STDIN (FORMAT binary)", of rows.finish().
  Result<void> copy(const std::string& sql, BytesView rows);
  /// Several statements in a string, without parameters; the answer to the last.
  Result<Rows> script(const std::string& sql);

  /// Ends a transaction that is open, without what it did. False: the connection is of no use.
  bool roll_back();
  [[nodiscard]] bool usable() const;
  /// Of the server's process for this connection.
  [[nodiscard]] int process() const { return PQbackendPID(handle_.get()); }

 private:
  struct Close {
    void operator()(PGconn* handle) const { PQfinish(handle); }
  };
  struct Expected {
    bool wanted = false;
    std::string prepared;  // the SQL, if this answer says that it is prepared now
  };

  Connection() = default;
  void send_prepared(std::string_view sql, const Parameters& parameters, bool wanted);
  std::string prepare(std::string_view sql);
  Result<Rows> answer_to(const Expected& expected);
  Result<PGresult*> next_result();
  Result<Rows> last_result();
  Result<void> flush();
  Result<void> wait(bool also_to_write);
  Error lost();
  Error error_of(const PGresult* result);

  std::unique_ptr<PGconn, Close> handle_;
  Limits limits_;
  std::map<std::string, std::string, std::less<>> prepared_;  // SQL to name
  std::uint64_t names_ = 0;
  std::vector<Expected> queue_;
  bool broken_ = false;
};

}  // namespace yijuan::ledger::postgres
