// What becomes of a database at the opening, and which ones are refused.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "ledger/store/postgres/postgres_store.hpp"
#include "tests/postgres/postgres_schema.hpp"
#include "tests/postgres/sample_batch.hpp"

namespace yijuan::ledger {
namespace {

class PostgresOpening : public ::testing::Test {
 protected:
  Result<std::unique_ptr<PostgresStore>> open(const std::string& more = "") {
    return PostgresStore::open({.where = schema.where() + more, .limits = {}, .make = true});
  }
  // The error of an opening, which must fail.
  Error refusal(const std::string& more = "") {
    auto opened = open(more);
    EXPECT_FALSE(opened.has_value());
    return opened ? Error(LedgerErrc::bad_argument) : opened.error();
  }

  test::PostgresSchema schema;
};

TEST_F(PostgresOpening, MakesTheTablesOnceAlsoIfManyBeginAtATime) {
  std::vector<std::thread> openers;
  for (int i = 0; i < 6; ++i) {
    openers.emplace_back([&] {
      auto opened = open();
      EXPECT_TRUE(opened.has_value()) << opened.error().message();
    });
  }
  for (std::thread& opener : openers) opener.join();
  EXPECT_EQ(schema.ask("SELECT value FROM meta WHERE name = 'schema_version'"), "3");
}

TEST_F(PostgresOpening, GoesOnWhereTheMakingOfTheTablesWasCutShort) {
  ASSERT_TRUE(open().has_value());
  schema.run("DELETE FROM meta WHERE name = 'schema_version'; DROP TABLE alarms");
  auto opened = open();
  ASSERT_TRUE(opened.has_value()) << opened.error().message();
  EXPECT_TRUE((*opened)->alarms()->empty());
}

TEST_F(PostgresOpening, MakesNoTablesUnlessItIsToldTo) {
  const PostgresStore::Options lost{.where = schema.where(), .limits = {}};
  EXPECT_EQ(PostgresStore::open(lost).error(), make_error_code(LedgerErrc::no_store));
  EXPECT_EQ(schema.ask("SELECT count(*) FROM information_schema.tables WHERE table_schema = "
                       "current_schema()"),
            "0");
  ASSERT_TRUE(open().has_value());
  EXPECT_TRUE(PostgresStore::open(lost).has_value());
  schema.run("DELETE FROM meta WHERE name = 'schema_version'; DROP TABLE alarms");
  EXPECT_EQ(PostgresStore::open(lost).error(), make_error_code(LedgerErrc::no_store));
}

TEST_F(PostgresOpening, RefusesTablesOfSomebodyElse) {
  schema.run("CREATE TABLE letters (id bigint)");
  const Error error = refusal();
  EXPECT_EQ(error, make_error_code(LedgerErrc::store_foreign));
  EXPECT_NE(error.message().find("not a ledger's"), std::string::npos);
}

TEST_F(PostgresOpening, RefusesANewerSchemaAndSaysWhich) {
  ASSERT_TRUE(open().has_value());
  schema.run("UPDATE meta SET value = '99' WHERE name = 'schema_version'");
  const Error error = refusal();
  EXPECT_EQ(error, make_error_code(LedgerErrc::store_foreign));
  EXPECT_NE(error.message().find("version 99"), std::string::npos);
}

TEST_F(PostgresOpening, SaysThatThereIsNoServerOrNoSuchDatabase) {
  EXPECT_EQ(refusal(" port=1"), make_error_code(LedgerErrc::store_away));
  EXPECT_NE(refusal(" dbname=nowhere").message().find("nowhere"), std::string::npos);
}

TEST_F(PostgresOpening, CommitsDurablyThoughTheRoleOrTheDatabaseIsSetToLess) {
  auto store = *PostgresStore::open(
      {.where = schema.where(0, "-c synchronous_commit=off"), .limits = {}, .make = true});
  schema.run(
      "CREATE TABLE seen (value text); CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS "
      "$$ BEGIN INSERT INTO seen VALUES (current_setting('synchronous_commit')); RETURN NULL; END "
      "$$; CREATE TRIGGER see AFTER INSERT ON logs FOR EACH ROW EXECUTE FUNCTION see()");
  ASSERT_TRUE(store->add_box(test::sample_box("b1"), test::sample_log("b1")).has_value());
  EXPECT_EQ(schema.ask("SELECT value FROM seen"), "on");
}

TEST_F(PostgresOpening, RefusesADatabaseThatCannotHoldEveryText) {
  const std::string name = fmt::format("latin_{}", ::getpid());
  schema.run("CREATE DATABASE " + name + " TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'");
  const Error error = refusal(" dbname=" + name);
  EXPECT_EQ(error, make_error_code(LedgerErrc::store_unavailable));
  EXPECT_NE(error.message().find("LATIN1"), std::string::npos);
  schema.run("DROP DATABASE " + name);
}

TEST_F(PostgresOpening, KeepsTheBytesOfALineWhateverTheyAre) {
  auto store = *open();
  ASSERT_TRUE(store->add_box(test::sample_box("b1"), test::sample_log("b1")).has_value());
  Appending appending = test::sample_batch(test::sample_log("b1"), 3);
  appending.lines = {"中文 \xF0\x9F\x8E\x81", std::string("\0\x01\xFF\\", 4), ""};
  ASSERT_EQ(*store->append(appending), Appended::done);
  EXPECT_EQ(*store->lines(test::origin_of("b1"), 0, 9), appending.lines);
}

TEST_F(PostgresOpening, GivesListsInTheOrderOfTheirBytesWhateverTheLocale) {
  auto store = *open();
  for (const char* box : {"b", "a-b", "ab", "a", "1", "a-", "-"}) {
    ASSERT_TRUE(store->add_box(test::sample_box(box), test::sample_log(box)).has_value());
  }
  std::vector<std::string> ids;
  for (const Box& box : *store->boxes()) ids.push_back(box.id);
  EXPECT_TRUE(std::ranges::is_sorted(ids));
  std::vector<std::string> origins;
  for (const LogState& log : *store->logs()) origins.push_back(log.origin);
  EXPECT_TRUE(std::ranges::is_sorted(origins));
}

TEST_F(PostgresOpening, RefusesALogWhoseNameIsAnotherBoxs) {
  auto store = *open();
  LogState log = test::sample_log("b1");
  log.box = "b2";
  EXPECT_FALSE(store->add_box(test::sample_box("b2"), log).has_value());
  EXPECT_FALSE(store->add_log(log).has_value());
  EXPECT_TRUE(store->boxes()->empty());
}

}  // namespace
}  // namespace yijuan::ledger
