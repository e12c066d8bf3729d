// Whatever happens to the connection or to the server at whatever message of whatever call: it is
// done once or not at all, and the answer says no more than what is true.
#include <gtest/gtest.h>

#include <functional>
#include <iostream>
#include <thread>

#include "ledger/store/postgres/postgres_store.hpp"
#include "tests/postgres/cut_proxy.hpp"
#include "tests/postgres/postgres_schema.hpp"
#include "tests/postgres/sample_batch.hpp"

namespace yijuan::ledger {
namespace {

using namespace std::chrono_literals;
using test::CutProxy;

constexpr int kWrong = -1;  // neither none nor all of it
// The call found that it was done before, and not by itself.
const Error kKnown(LedgerErrc::bad_argument, "known");

/// A call of the store on a box of its own.
struct Call {
  const char* name;
  void (*prepare)(LedgerStore& store, const std::string& box);
  Result<void> (*run)(LedgerStore& store, const std::string& box);
  /// How often it was done, as the tables show.
  int (*times)(LedgerStore& store, const std::string& box);
  bool repeatable = true;
  bool alone = false;  // it is about all boxes at once
};

template <class T>
T must(Result<T> result) {
  EXPECT_TRUE(result.has_value()) << result.error().message();
  return *std::move(result);
}

LogState log_of(LedgerStore& store, const std::string& box) {
  return *must(store.log(test::origin_of(box)));
}

void enrol(LedgerStore& store, const std::string& box) {
  ASSERT_TRUE(store.add_box(test::sample_box(box), test::sample_log(box)).has_value());
}

void enrol_and_append(LedgerStore& store, const std::string& box) {
  enrol(store, box);
  ASSERT_EQ(must(store.append(test::sample_batch(log_of(store, box), 3))), Appended::done);
}

Result<void> append_three(LedgerStore& store, const std::string& box) {
  // As it was checked before; a retry comes with the same bytes.
  LogState before = test::sample_log(box);
  const Appending first = test::sample_batch(before, 3);
  auto done = store.append(test::sample_batch(first.next, 3));
  if (!done) return done.error();
  return *done == Appended::done ? Result<void>() : kKnown;
}

template <class Rows>
auto of_box(Rows rows, const std::string& box) {
  std::erase_if(rows, [&](const auto& row) { return row.box != box; });
  return rows;
}

int appended(LedgerStore& store, const std::string& box) {
  const std::string origin = test::origin_of(box);
  const LogState log = log_of(store, box);
  const auto rollups = of_box(must(store.rollups(test::kDay, test::kDay)), box);
  const auto alarms = of_box(must(store.alarms()), box);
  const auto open = must(store.open_cash(origin));
  const std::uint64_t batches = must(store.batches(origin)).size();
  const bool same = log.size() == 3 * batches &&
                    must(store.lines(origin, 0, 99)).size() == log.size() &&
                    log.totals.gift_count == batches && rollups.at(0).value.gifts == batches &&
                    alarms.at(0).count == batches && open.size() == 1 &&
                    open[0].seq == log.size() - 3 && log.pending.at("note").seq == log.size() - 3 &&
                    log.note == "note of " + std::to_string(log.size());
  return same ? static_cast<int>(batches) - 1 : kWrong;
}

int boxed(LedgerStore& store, const std::string& box) {
  const bool known = must(store.box(box)).has_value();
  const bool log = must(store.log(test::origin_of(box))).has_value();
  return known == log ? static_cast<int>(known) : kWrong;
}

Alarm later_alarm(const std::string& box) {
  Alarm alarm = test::sample_alarm(box);
  alarm.last += 1h;
  return alarm;
}

OfficePosting sample_posting(const std::string& box) {
  OfficePosting posting{.box = box,
                        .office = "ledger.example/office/1",
                        .seq = 4,
                        .origin = test::origin_of(box),
                        .expected_size = 3,
                        .changes = {},
                        .posted = {}};
  posting.changes.closed = {0};
  posting.changes.accounts[{test::kDay, "open"}] = Fen(-50);
  return posting;
}

int posted(LedgerStore& store, const std::string& box) {
  const bool closed = must(store.open_cash(test::origin_of(box))).empty();
  const bool booked = of_box(must(store.accounts()), box).size() == 3;
  const bool marked = log_of(store, box).posted == 1;
  return closed == booked && booked == marked ? static_cast<int>(closed) : kWrong;
}

Result<void> replace(LedgerStore& store, const std::string& box) {
  const Appending first = test::sample_batch(test::sample_log(box), 3);
  RebuiltLog rebuilt{.state = first.next, .changes = {}, .posted = {}};
  rebuilt.changes.accounts[{test::kDay, "open"}] = Fen(5);
  return store.replace_books({&rebuilt, 1});
}

int replaced(LedgerStore& store, const std::string& box) {
  const bool open = must(store.open_cash(test::origin_of(box))).empty();
  const auto accounts = of_box(must(store.accounts()), box);
  return open == (accounts.size() == 1) ? static_cast<int>(open) : kWrong;
}

const Call kAppend{
    .name = "append", .prepare = enrol_and_append, .run = append_three, .times = appended};

const std::vector<Call> kCalls = {
    kAppend,
    {.name = "add_box",
     .prepare = [](LedgerStore&, const std::string&) {},
     .run =
         [](LedgerStore& store, const std::string& box) {
           return store.add_box(test::sample_box(box), test::sample_log(box));
         },
     .times = boxed,
     .repeatable = false},
    {.name = "raise",
     .prepare =
         [](LedgerStore& store, const std::string& box) {
           ASSERT_TRUE(store.raise(test::sample_alarm(box)).has_value());
         },
     .run = [](LedgerStore& store,
               const std::string& box) { return store.raise(later_alarm(box)); },
     .times =
         [](LedgerStore& store, const std::string& box) {
           return static_cast<int>(of_box(must(store.alarms()), box).at(0).count) - 1;
         },
     .repeatable = false},
    {.name = "post",
     .prepare = enrol_and_append,
     .run = [](LedgerStore& store, const std::string& box) -> Result<void> {
       auto done = store.post(sample_posting(box));
       if (!done) return done.error();
       return *done == Posted::done ? Result<void>() : kKnown;
     },
     .times = posted},
    {.name = "replace_books",
     .prepare = enrol_and_append,
     .run = replace,
     .times = replaced,
     .alone = true},
    {.name = "set_status",
     .prepare = enrol,
     .run = [](LedgerStore& store,
               const std::string& box) { return store.set_status(box, BoxStatus::revoked); },
     .times =
         [](LedgerStore& store, const std::string& box) {
           return static_cast<int>((*must(store.box(box))).status == BoxStatus::revoked);
         }},
    {.name = "keep_last_words",
     .prepare = enrol,
     .run =
         [](LedgerStore& store, const std::string& box) {
           const LastWord word{.box = box, .received = test::kNow, .json = "{}"};
           return store.keep_last_words({&word, 1});
         },
     .times =
         [](LedgerStore& store, const std::string& box) {
           return static_cast<int>(of_box(must(store.last_words()), box).size());
         }},
};

/// A connection that does nothing, and dies with all others when the server begins anew.
class Canary {
 public:
  explicit Canary(const std::string& where) : connection_(PQconnectdb(where.c_str())) {}
  ~Canary() { PQfinish(connection_); }
  Canary(const Canary&) = delete;
  Canary& operator=(const Canary&) = delete;
  [[nodiscard]] pid_t process() const { return PQbackendPID(connection_); }
  [[nodiscard]] bool lives() {
    PQclear(PQexec(connection_, "SELECT 1"));
    return PQstatus(connection_) == CONNECTION_OK;
  }

 private:
  PGconn* connection_;
};

class PostgresFaults : public ::testing::Test {
 protected:
  PostgresFaults() {
    direct = open(schema.where());
    store = open(schema.where(proxy.port()));
  }
  std::unique_ptr<PostgresStore> open(const std::string& where) {
    auto opened = PostgresStore::open({.where = where, .limits = limits, .make = true});
    EXPECT_TRUE(opened.has_value()) << opened.error().message();
    return *std::move(opened);
  }
  std::string next_box() { return "box-" + std::to_string(++boxes); }
  // Until the server has seen that connections broke, and ended what they had begun: only the two
  // of the store that nobody cuts are left.
  void settle() {
    const std::string count =
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'yijuan-ledger'";
    store.reset();
    while (schema.ask(count) != "2") std::this_thread::sleep_for(5ms);
  }
  // A first call of its kind prepares its statements; each later one is shorter.
  void warm_up(const Call& call) {
    const std::string box = next_box();
    if (call.alone) schema.run("DELETE FROM boxes; DELETE FROM logs; DELETE FROM rollups");
    call.prepare(*direct, box);
    ASSERT_TRUE(call.run(*store, box).has_value());
  }
  // Once for each message; `check` gets the box and what the call answered. Until the call ends
  // before the message comes.
  std::size_t at_every_message(
      const Call& call, CutProxy::Way way, CutProxy::Fault fault,
      const std::function<void(const std::string& box, const Result<void>& answer)>& check) {
    for (std::size_t message = 1;; ++message) {
      SCOPED_TRACE(std::string(call.name) + ", message " + std::to_string(message) +
                   (way == CutProxy::Way::to_server ? " to" : " from") + " the server");
      const std::string box = next_box();
      if (call.alone) {
        schema.run(
            "DELETE FROM boxes; DELETE FROM logs; DELETE FROM rollups; DELETE FROM accounts");
      }
      call.prepare(*direct, box);
      proxy.arm(way, message, fault);
      const auto answer = call.run(*store, box);
      const bool fired = proxy.fired();
      proxy.heal();
      check(box, answer);
      if (!fired || HasFatalFailure()) return message - 1;
    }
  }

  test::PostgresSchema schema;
  CutProxy proxy{schema.port()};
  postgres::Limits limits{.connect = 5s, .silence = 10s, .pause = 20ms};
  std::unique_ptr<PostgresStore> direct;
  std::unique_ptr<PostgresStore> store;
  int boxes = 0;
};

constexpr std::array kWays = {CutProxy::Way::to_server, CutProxy::Way::from_server};

TEST_F(PostgresFaults, ACallWhoseConnectionBreaksIsDoneOnceAndSaysSo) {
  for (const Call& call : kCalls) {
    warm_up(call);
    std::size_t cuts = 0;
    for (const auto way : kWays) {
      cuts += at_every_message(call, way, CutProxy::Fault::cut,
                               [&](const std::string& box, const Result<void>& answer) {
                                 ASSERT_TRUE(answer.has_value()) << answer.error().message();
                                 ASSERT_EQ(call.times(*direct, box), 1);
                               });
    }
    std::cout << call.name << ": cut at " << cuts << " messages\n";
    EXPECT_GT(cuts, 6U);
  }
}

TEST_F(PostgresFaults, ACallWhoseServerStaysAwayIsDoneOnceWhenItIsAskedAgain) {
  limits.patience = 0ms;
  store = open(schema.where(proxy.port()));
  for (const Call& call : kCalls) {
    int done = 0;
    int undone = 0;
    for (const auto way : kWays) {
      at_every_message(call, way, CutProxy::Fault::down,
                       [&](const std::string& box, const Result<void>& answer) {
                         settle();
                         const int times = call.times(*direct, box);
                         store = open(schema.where(proxy.port()));
                         if (answer) {
                           ASSERT_EQ(times, 1);
                           return;
                         }
                         ASSERT_EQ(answer.error(), make_error_code(LedgerErrc::store_away));
                         ASSERT_TRUE(times == 0 || times == 1) << times;
                         ++(times == 1 ? done : undone);
                         if (!call.repeatable) return;
                         const auto again = call.run(*store, box);
                         ASSERT_TRUE(again || (times == 1 && again.error() == kKnown.code()))
                             << times;
                         ASSERT_EQ(call.times(*direct, box), 1);
                       });
    }
    std::cout << call.name << ": done though the answer was lost " << done << " times, not done "
              << undone << " times\n";
    EXPECT_GT(done, 0) << call.name << ": no answer was lost after the commit";
    EXPECT_GT(undone, 0);
  }
}

TEST_F(PostgresFaults, AServerThatCrashesAtAnyMessageOfACallDidItOnceOrNotAtAll) {
  // A killed process is noticed a moment later: until then others are still served.
  std::optional<Canary> canary(schema.where());
  std::optional<Canary> victim(schema.where());
  proxy.set_victim(victim->process());
  for (const Call& call : kCalls) {
    warm_up(call);
    std::size_t crashes = 0;
    for (const auto way : kWays) {
      crashes += at_every_message(
          call, way, CutProxy::Fault::crash,
          [&](const std::string& box, const Result<void>& answer) {
            while (proxy.fired() && canary->lives()) std::this_thread::sleep_for(5ms);
            while (!direct->box(box)) std::this_thread::sleep_for(20ms);  // it recovers
            canary.emplace(schema.where());
            victim.emplace(schema.where());
            proxy.set_victim(victim->process());
            schema.reconnect();
            if (!answer) {  // which took longer than the patience of one call
              ASSERT_EQ(answer.error(), make_error_code(LedgerErrc::store_away));
              const int times = call.times(*direct, box);
              ASSERT_TRUE(times == 0 || times == 1) << times;
              if (!call.repeatable) return;
              auto again = call.run(*store, box);
              while (!again && again.error() == make_error_code(LedgerErrc::store_away)) {
                std::this_thread::sleep_for(50ms);
                again = call.run(*store, box);
              }
              ASSERT_TRUE(again || (times == 1 && again.error() == kKnown.code()))
                  << again.error().message();
            }
            ASSERT_EQ(call.times(*direct, box), 1);
          });
    }
    std::cout << call.name << ": the server crashed " << crashes << " times\n";
    EXPECT_GT(crashes, 6U);
  }
}

TEST_F(PostgresFaults, AServerThatHangsHoldsNobodyUpForEver) {
  limits.silence = 300ms;
  limits.connect = 2s;
  limits.patience = 0ms;
  store = open(schema.where(proxy.port()));
  for (const auto way : kWays) {
    const std::string box = next_box();
    enrol_and_append(*direct, box);
    proxy.arm(way, 3, CutProxy::Fault::stall);
    const auto answer = append_three(*store, box);  // a new connection works
    EXPECT_TRUE(answer.has_value()) << answer.error().message();
    EXPECT_TRUE(proxy.fired());
    EXPECT_EQ(appended(*direct, box), 1);
  }
}

}  // namespace
}  // namespace yijuan::ledger
