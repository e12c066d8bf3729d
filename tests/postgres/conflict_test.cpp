// Several writers at once, and a server that refuses transactions for it (SQLSTATE 40001, 40P01)
// at whatever statement: tried again, they end as if each had come alone.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <iostream>
#include <thread>

#include "ledger/store/postgres/postgres_store.hpp"
#include "tests/postgres/postgres_schema.hpp"
#include "tests/postgres/sample_batch.hpp"

namespace yijuan::ledger {
namespace {

constexpr std::array kTables = {"logs",      "entries",       "batches",
                                "open_cash", "pending_notes", "unknown_entries",
                                "rollups",   "accounts",      "alarms"};

class PostgresConflicts : public ::testing::Test {
 protected:
  std::unique_ptr<PostgresStore> open() {
    auto opened = PostgresStore::open({.where = schema.where(), .limits = {}, .make = true});
    EXPECT_TRUE(opened.has_value()) << opened.error().message();
    return *std::move(opened);
  }
  void enrol(const std::string& box) {
    ASSERT_TRUE(store->add_box(test::sample_box(box), test::sample_log(box)).has_value());
  }
  LogState log(const std::string& box) { return **store->log(test::origin_of(box)); }

  // The next `times` statements that write to the table fail, as if another had been faster. The
  // count is kept in a sequence: those are not rolled back.
  void refuse(const std::string& table, const std::string& state, int times, bool at_commit) {
    schema.run(fmt::format(
        "CREATE SEQUENCE refused; CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN IF nextval('refused') <= {} THEN RAISE EXCEPTION 'injected' USING ERRCODE = '{}'; "
        "END IF; RETURN NULL; END $$",
        times, state));
    schema.run(at_commit
                   ? fmt::format("CREATE CONSTRAINT TRIGGER refuse AFTER INSERT OR UPDATE ON {} "
                                 "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW "
                                 "EXECUTE FUNCTION refuse()",
                                 table)
                   : fmt::format("CREATE TRIGGER refuse BEFORE INSERT OR UPDATE OR DELETE ON {} "
                                 "FOR EACH STATEMENT EXECUTE FUNCTION refuse()",
                                 table));
  }
  int refused() { return std::stoi(schema.ask("SELECT last_value FROM refused")); }
  void allow() { schema.run("DROP FUNCTION refuse() CASCADE; DROP SEQUENCE refused"); }

  void expect_whole(const std::string& box, std::uint64_t batches, std::uint64_t length) {
    const LogState now = log(box);
    EXPECT_EQ(now.size(), batches * length);
    EXPECT_EQ(store->lines(now.origin, 0, 100'000)->size(), batches * length);
    EXPECT_EQ(store->batches(now.origin)->size(), batches);
    EXPECT_EQ(now.totals.gift_count, batches);
    std::uint64_t gifts = 0;
    for (const RollupRow& row : *store->rollups(test::kDay, test::kDay)) {
      if (row.box == box) gifts += row.value.gifts;
    }
    EXPECT_EQ(gifts, batches);
    for (const Alarm& alarm : *store->alarms()) {
      if (alarm.box == box) EXPECT_EQ(alarm.count, batches);
    }
  }

  test::PostgresSchema schema;
  std::unique_ptr<PostgresStore> store = open();
};

TEST_F(PostgresConflicts, ABatchThatIsRefusedAtAnyStatementIsTriedAgainAndStoredOnce) {
  int number = 0;
  for (const char* state : {"40001", "40P01"}) {
    for (const char* table : kTables) {
      for (const bool at_commit : {false, true}) {
        SCOPED_TRACE(fmt::format("{} at {}{}", state, table, at_commit ? ", at the commit" : ""));
        const std::string box = fmt::format("box-{}", ++number);
        enrol(box);
        ASSERT_EQ(*store->append(test::sample_batch(log(box), 2)), Appended::done);
        refuse(table, state, 3, at_commit);
        const auto done = store->append(test::sample_batch(log(box), 2));
        EXPECT_GT(refused(), 3);  // it was refused three times, and then not
        allow();
        ASSERT_TRUE(done.has_value()) << done.error().message();
        EXPECT_EQ(*done, Appended::done);
        expect_whole(box, 2, 2);
      }
    }
  }
}

TEST_F(PostgresConflicts, ABatchThatIsAlwaysRefusedIsGivenUpAndNothingOfItIsKept) {
  enrol("b1");
  ASSERT_EQ(*store->append(test::sample_batch(log("b1"), 2)), Appended::done);
  for (const bool at_commit : {false, true}) {
    refuse("accounts", "40001", 1'000'000, at_commit);
    const auto done = store->append(test::sample_batch(log("b1"), 2));
    const int tries = refused();
    allow();
    ASSERT_FALSE(done.has_value());
    EXPECT_EQ(done.error(), make_error_code(LedgerErrc::store_busy));
    EXPECT_GE(tries, 5);
    EXPECT_LE(tries, 20);
    expect_whole("b1", 1, 2);
  }
  ASSERT_EQ(*store->append(test::sample_batch(log("b1"), 2)), Appended::done);
  expect_whole("b1", 2, 2);
}

TEST_F(PostgresConflicts, OfManyWhoAppendToOneLogExactlyOneWinsEachTime) {
  constexpr int kWriters = 6;
  constexpr int kBatches = 30;
  enrol("b1");
  std::atomic<int> won = 0;
  std::atomic<int> moved = 0;
  std::vector<std::thread> writers;
  for (int i = 0; i < kWriters; ++i) {
    writers.emplace_back([&, i] {
      const auto mine = open();
      for (auto log = *mine->log(test::origin_of("b1")); log->size() < kBatches * 2;
           log = *mine->log(test::origin_of("b1"))) {
        const auto batch = test::sample_batch(*log, 2, fmt::format(" of {}", i));
        const auto done = mine->append(batch);
        ASSERT_TRUE(done.has_value()) << done.error().message();
        ++(*done == Appended::done ? won : moved);
        if (*done != Appended::done) continue;
        // What is cosigned at a size is never another: the note of the winner stands until the
        // log goes on.
        const auto now = *mine->log(test::origin_of("b1"));
        if (now->size() == batch.next.size()) ASSERT_EQ(now->note, batch.next.note);
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  std::cout << won << " batches stored, " << moved << " came too late\n";
  EXPECT_GT(moved, 0) << "nobody was ever in anybody's way";
  EXPECT_EQ(static_cast<std::uint64_t>(won.load()), log("b1").size() / 2);
  expect_whole("b1", log("b1").size() / 2, 2);
}

TEST_F(PostgresConflicts, ManyWhoAppendToLogsOfTheirOwnDoNotDisturbEachOther) {
  constexpr int kWriters = 4;
  constexpr int kBatches = 25;
  for (int i = 0; i < kWriters; ++i) enrol(fmt::format("b{}", i));
  const std::string count =
      "SELECT xact_rollback FROM pg_stat_database WHERE datname = current_database()";
  const int before = std::stoi(schema.ask(count));
  std::vector<std::thread> writers;
  for (int i = 0; i < kWriters; ++i) {
    writers.emplace_back([&, i] {
      const auto mine = open();
      const std::string origin = test::origin_of(fmt::format("b{}", i));
      for (int batch = 0; batch < kBatches; ++batch) {
        ASSERT_EQ(*mine->append(test::sample_batch(**mine->log(origin), 3)), Appended::done);
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  for (int i = 0; i < kWriters; ++i) expect_whole(fmt::format("b{}", i), kBatches, 3);
  std::cout << std::stoi(schema.ask(count)) - before << " of " << kWriters * kBatches
            << " transactions were tried again\n";
}

TEST_F(PostgresConflicts, AnAlarmThatManyRaiseIsCountedAsOftenAsItWasRaised) {
  std::vector<std::thread> writers;
  for (int i = 0; i < 4; ++i) {
    writers.emplace_back([&] {
      const auto mine = open();
      for (int j = 0; j < 10; ++j) ASSERT_TRUE(mine->raise(test::sample_alarm("b1")).has_value());
    });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(store->alarms()->at(0).count, 40U);
}

TEST_F(PostgresConflicts, BooksAreNotReplacedIfALogGrewSinceTheyWereRead) {
  enrol("b1");
  ASSERT_EQ(*store->append(test::sample_batch(log("b1"), 2)), Appended::done);
  RebuiltLog rebuilt{.state = log("b1"), .changes = {}, .posted = {}};
  ASSERT_EQ(*store->append(test::sample_batch(log("b1"), 2)), Appended::done);
  const auto done = store->replace_books({&rebuilt, 1});
  ASSERT_FALSE(done.has_value());
  EXPECT_NE(done.error().message().find("grew meanwhile"), std::string::npos);
  expect_whole("b1", 2, 2);
  // A damaged log, of which less could be made anew than is stored, has its books replaced.
  rebuilt.stored_size = 4;
  EXPECT_TRUE(store->replace_books({&rebuilt, 1}).has_value());
  EXPECT_TRUE(store->rollups(test::kDay, test::kDay)->empty());
}

}  // namespace
}  // namespace yijuan::ledger
