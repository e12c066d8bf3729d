#include "ledger/store/postgres/session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <thread>

namespace yijuan::ledger::postgres {
namespace {

using namespace std::chrono_literals;

constexpr int kMostTries = 12;
constexpr auto kFirstPause = 2ms;
constexpr auto kLongestPause = 200ms;
constexpr auto kFirstReconnect = 50ms;

bool is(const Error& error, LedgerErrc code) {
  return error == make_error_code(code);
}

Result<std::string> setting(Connection& connection, std::string_view name) {
  auto answer = connection.ask("SELECT coalesce(current_setting($1, true), '')", name);
  if (!answer) return answer.error();
  return answer->row(0).text();
}

// What a confirmed commit rests on. A server that does not know a setting has nothing to say.
Result<void> check_server(Connection& connection) {
  auto commits = setting(connection, "synchronous_commit");
  if (!commits) return commits.error();
  if (*commits != "remote_apply") {  // stronger, where there is a standby
    auto set = connection.script("SET synchronous_commit = on");
    if (!set) return set.error();
    commits = setting(connection, "synchronous_commit");
    if (!commits) return commits.error();
    if (*commits != "on") {
      return {LedgerErrc::store_unavailable,
              fmt::format("synchronous_commit is {}, though it was set to on", *commits)};
    }
  }
  for (const std::string_view name : {"fsync", "full_page_writes"}) {
    auto value = setting(connection, name);
    if (!value) return value.error();
    if (!value->empty() && *value != "on") {
      return {LedgerErrc::store_unavailable,
              fmt::format("the server's {} is {}: it would lose what it confirmed", name, *value)};
    }
  }
  auto encoding = setting(connection, "server_encoding");
  if (!encoding) return encoding.error();
  if (*encoding != "UTF8") {
    return {LedgerErrc::store_unavailable,
            fmt::format("the database's encoding is {}, not UTF8", *encoding)};
  }
  return {};
}

}  // namespace

Result<void> Session::open() {
  const std::lock_guard lock(mutex_);
  return connect();
}

Result<void> Session::connect() {
  if (connection_ && connection_->usable()) return {};
  connection_.reset();
  if (clock_.now() < away_until_) return {LedgerErrc::store_away, why_away_};
  auto opened = Connection::open(where_, limits_);
  auto good = opened ? check_server(*opened) : Result<void>(opened.error());
  if (!good) {
    away_until_ = clock_.now() + limits_.pause;
    why_away_ = good.error().detail();
    return good;
  }
  connection_.emplace(*std::move(opened));
  return {};
}

// What was asked may be done: that is worth waiting for.
Result<void> Session::reconnect() {
  const Instant until = clock_.now() + limits_.patience;
  auto connected = connect();
  for (auto wait = kFirstReconnect; !connected && clock_.now() < until; wait *= 2) {
    std::this_thread::sleep_for(wait);
    away_until_ = {};
    connected = connect();
  }
  return connected;
}

void Session::pause(int tries) {
  const auto longest =
      std::min<std::chrono::milliseconds>(kFirstPause * (1 << std::min(tries, 10)), kLongestPause);
  const auto jitter = random_.below(static_cast<std::uint64_t>(longest.count()) + 1);
  std::this_thread::sleep_for(std::chrono::milliseconds(jitter));
}

Result<void> Session::with_connection(const std::function<Result<void>(Connection&)>& work) {
  const std::lock_guard lock(mutex_);
  const bool had_connection = connection_ && connection_->usable();
  auto connected = connect();
  if (!connected) return connected;
  auto done = work(*connection_);
  // A connection that the server ended while nobody used it is no news; one made just now is.
  if (done || connection_->usable() || !had_connection) return done;
  connected = connect();
  if (!connected) return connected;
  return work(*connection_);
}

Result<void> Session::attempt(const Attempt& work, bool done_before) {
  Connection& connection = *connection_;
  connection.send_only("BEGIN ISOLATION LEVEL SERIALIZABLE");
  auto done = work(connection, done_before);
  if (done) {
    auto committed = connection.ask("COMMIT");
    if (!committed) {
      done = committed.error();
    } else if (committed->done() != "COMMIT") {
      done = Error(LedgerErrc::store_failed, "the server rolled back");
    }
  }
  if (!done && !connection.roll_back()) connection_.reset();
  return done;
}

Result<void> Session::attempt_all(const Attempt& work) {
  const std::lock_guard lock(mutex_);
  auto connected = connect();
  if (!connected) return connected;
  bool done_before = false;
  Result<void> done;
  for (int tries = 0; tries < kMostTries; ++tries) {
    done = attempt(work, done_before);
    if (done) return done;
    if (is(done.error(), LedgerErrc::store_busy)) {
      pause(tries);
    } else if (is(done.error(), LedgerErrc::store_away) && !connection_) {
      done_before = true;
      connected = reconnect();
      if (!connected) return connected;
    } else {
      return done;
    }
  }
  return done;
}

}  // namespace yijuan::ledger::postgres
