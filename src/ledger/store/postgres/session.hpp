// A connection that is made anew when it broke, and transactions that are tried again. A commit
// whose answer was lost may have been done: the transaction runs once more, and finds by its keys
// whether it was. Blocking; one thread at a time. Private to the store.
#pragma once

#include <functional>
#include <mutex>
#include <optional>

#include "io/real_clock.hpp"
#include "io/system_random.hpp"
#include "ledger/store/postgres/connection.hpp"

namespace yijuan::ledger::postgres {

class Session {
 public:
  Session(std::string where, const Limits& limits) : where_(std::move(where)), limits_(limits) {}

  /// Connects, and refuses a server that would not keep what it confirmed.
  Result<void> open();

  /// One statement that changes nothing.
  template <class... Values>
  Result<Rows> ask(std::string_view sql, const Values&... values) {
    std::optional<Rows> rows;
    auto done = with_connection([&](Connection& connection) -> Result<void> {
      auto answer = connection.ask(sql, values...);
      if (!answer) return answer.error();
      rows.emplace(*std::move(answer));
      return {};
    });
    if (!done) return done.error();
    return *std::move(rows);
  }

  /// Runs `work(connection, done_before)` between BEGIN and COMMIT, serializable, again as long as
  /// others were in its way, and again after a lost connection; then `done_before` says that all of
  /// it may be done already. Its last statements may stay queued. An error of its own ends it.
  template <class T, class Work>
  Result<T> transaction(Work work) {
    std::optional<Result<T>> result;
    auto done = attempt_all([&](Connection& connection, bool done_before) -> Result<void> {
      result.emplace(work(connection, done_before));
      if (!*result) return result->error();
      return {};
    });
    if (!done) return done.error();
    return *std::move(result);
  }
  /// Statements that each stand alone and may be done twice.
  Result<void> with_connection(const std::function<Result<void>(Connection&)>& work);

 private:
  using Attempt = std::function<Result<void>(Connection&, bool done_before)>;
  Result<void> attempt_all(const Attempt& work);
  Result<void> attempt(const Attempt& work, bool done_before);
  Result<void> connect();
  Result<void> reconnect();
  void pause(int tries);

  std::mutex mutex_;
  std::string where_;
  Limits limits_;
  std::optional<Connection> connection_;
  RealClock clock_;
  SystemRandom random_;
  Instant away_until_{};
  std::string why_away_;
};

}  // namespace yijuan::ledger::postgres
