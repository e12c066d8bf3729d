// A ledger that moves from SQLite to PostgreSQL: nothing is left behind, whenever it is cut short,
// and the proof sees every difference.
#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <iostream>

#include "ledger/office/desk.hpp"
#include "ledger/office/office_poster.hpp"
#include "ledger/rebuild.hpp"
#include "ledger/store_comparison.hpp"
#include "ledger/store_migration.hpp"
#include "tests/ledger/office_fixture.hpp"
#include "tests/postgres/cut_proxy.hpp"
#include "tests/postgres/postgres_schema.hpp"

namespace yijuan::ledger {
namespace {

using test::CutProxy;

const std::string kName = "ledger.example";

class StoreMigration : public OfficeFixture {
 protected:
  // Two boxes of which one is out of service, batches, open cash that the office closed, a note
  // that is pending, a type that is not known, a fork of which the office took a part into the
  // books, doubts, alarms and last words.
  StoreMigration() {
    EXPECT_TRUE(office->start().has_value());
    for (int i = 0; i < 30; ++i) {
      log.add_coin(yuan(1), i % 4 != 0);
      if (i % 10 == 9) send_rest();
    }
    write(lost_log(*store, *office, log.origin(), "burnt"));
    log.add_coin(yuan(1), false);
    log.add(tlog::Intent{.device = "note", .serial = "example", .counter = 3, .amount = yuan(5)});
    log.add(tlog::Recovered{.device = "coin", .code = "x"});
    std::string& unknown = log.lines().back();
    unknown.replace(unknown.find("recovered"), 9, "telescope");
    send_rest();
    test::BoxLog forked(log.box());
    forked.lines() = {log.lines().begin(), log.lines().begin() + 9};
    forked.add_coin(yuan(5));
    EXPECT_TRUE(is<sync::Forked>(send(forked.batch(5))));
    write(quarantined_entries(*store, store->forks(log.origin())->at(0)));
    forked.add_coin(yuan(10));
    EXPECT_TRUE(is<sync::Forked>(send(forked.batch(9))));
    enrol(second);
    EXPECT_TRUE(store->set_status(second.box(), BoxStatus::revoked).has_value());
    LogState doubted = **store->log(second.origin());
    doubted.unsure = true;
    EXPECT_TRUE(store->set_floor(doubted).value());
    const LastWord word{.box = log.box(), .received = now, .json = "{}"};
    EXPECT_TRUE(store->keep_last_words({&word, 1}).has_value());
    EXPECT_TRUE(rebuild_books(*store, {})->differences.empty());
  }
  // What the office writes, and what follows from it in the books.
  void write(const Result<std::vector<tlog::Body>>& bodies) {
    ASSERT_TRUE(bodies.has_value() && !bodies->empty());
    ASSERT_TRUE(office->append(*bodies).has_value());
    const std::vector<std::string> offices = {key.origin(1)};
    OfficePoster poster(*store);
    const auto posted = poster.post_due(offices);
    ASSERT_TRUE(posted.has_value());
    EXPECT_GT(posted->posted, 0U);
  }
  void send_rest() { EXPECT_TRUE(is<sync::Cosigned>(send(log.batch(state().size())))); }

  static std::unique_ptr<PostgresStore> open(const std::string& where) {
    auto opened =
        PostgresStore::open({.where = where, .limits = {}, .make = true, .unfinished = true});
    EXPECT_TRUE(opened.has_value()) << opened.error().message();
    return *std::move(opened);
  }
  Result<Migrated> migrate(PostgresStore& to, const std::string& name = kName) {
    return migrate_store(*store, to, name, [this](std::uint64_t done, std::uint64_t of) {
      EXPECT_LE(done, of);
      last_progress = {done, of};
    });
  }
  // What the proof says of each row: its name, and whether it is equal.
  static std::map<std::string, bool> rows_of(const Table& table) {
    std::map<std::string, bool> rows;
    for (const auto& row : table.rows) {
      rows[std::get<std::string>(row[0])] = std::get<Word>(row[3]).word == "equal";
    }
    return rows;
  }

  test::BoxLog second{"market-02", 2};
  test::PostgresSchema schema;
  std::pair<std::uint64_t, std::uint64_t> last_progress;
};

TEST_F(StoreMigration, LeavesNothingBehindAndProvesIt) {
  const auto to = open(schema.where());
  const auto migrated = migrate(*to);
  ASSERT_TRUE(migrated.has_value()) << migrated.error().message();
  EXPECT_TRUE(migrated->equal) << format_table(migrated->proof);
  EXPECT_EQ(last_progress.first, last_progress.second);
  const auto rows = rows_of(migrated->proof);
  EXPECT_EQ(rows.size(), store->logs()->size() + 5);
  EXPECT_EQ(to->box(second.box()).value()->status, BoxStatus::revoked);
  EXPECT_TRUE(rebuild_books(*to, {})->differences.empty());
  EXPECT_TRUE(PostgresStore::open({.where = schema.where(), .limits = {}}).has_value());
}

TEST_F(StoreMigration, GoesOnWhereItWasCutShortAtWhateverMessage) {
  std::size_t cuts = 0;
  for (const auto way : {CutProxy::Way::to_server, CutProxy::Way::from_server}) {
    for (std::size_t message = 1;; message += 13) {
      SCOPED_TRACE(message);
      test::PostgresSchema fresh;
      CutProxy proxy(fresh.port());
      auto to = PostgresStore::open({.where = fresh.where(proxy.port()),
                                     .limits = {.patience = std::chrono::milliseconds(0)},
                                     .make = true,
                                     .unfinished = true});
      ASSERT_TRUE(to.has_value());
      proxy.arm(way, message, CutProxy::Fault::down);
      const auto first = migrate(**to);
      if (!proxy.fired()) break;
      ++cuts;
      if (first) {  // only the goodbye was lost
        EXPECT_TRUE(first->equal);
      } else {
        EXPECT_EQ(first.error(), make_error_code(LedgerErrc::store_away));
      }
      proxy.heal();
      const auto again_to = open(fresh.where());
      const bool begun = again_to->copy_of()->has_value();
      if (begun) {  // nobody else may use it
        const auto refused = PostgresStore::open({.where = fresh.where(), .limits = {}});
        ASSERT_FALSE(refused.has_value());
        EXPECT_NE(refused.error().message().find("not finished"), std::string::npos);
      }
      const auto again = migrate(*again_to);
      ASSERT_TRUE(again.has_value()) << again.error().message();
      EXPECT_TRUE(again->equal) << format_table(again->proof);
    }
  }
  std::cout << "cut short " << cuts << " times\n";
  EXPECT_GT(cuts, 40U);
}

TEST_F(StoreMigration, SaysOnceMoreThatBothAreEqualUntilOneOfThemGoesOn) {
  const auto to = open(schema.where());
  ASSERT_TRUE(migrate(*to)->equal);
  ASSERT_TRUE(migrate(*to)->equal);
  ASSERT_TRUE(to->set_status(log.box(), BoxStatus::revoked).has_value());
  const auto again = migrate(*to);
  ASSERT_FALSE(again.has_value());
  EXPECT_EQ(again.error(), make_error_code(LedgerErrc::store_foreign));
}

TEST_F(StoreMigration, RefusesADatabaseWithAnotherLedgerOrHalfAnotherCopy) {
  const auto to = open(schema.where());
  ASSERT_TRUE(to->begin_copy("other.example").has_value());
  EXPECT_NE(migrate(*to).error().message().find("other.example"), std::string::npos);
  ASSERT_TRUE(to->end_copy().has_value());
  const test::BoxLog other("market-09", 9);
  LogState stranger;
  stranger.origin = other.origin();
  stranger.box = other.box();
  ASSERT_TRUE(to->add_log(stranger).value());
  EXPECT_EQ(migrate(*to).error(), make_error_code(LedgerErrc::store_foreign));
}

TEST_F(StoreMigration, RefusesADamagedSourceAndLeavesTheCopyClosed) {
  {
    sqlite3* file = nullptr;
    ASSERT_EQ(sqlite3_open((folder / "ledger.db").c_str(), &file), SQLITE_OK);
    const auto* sql =
        "UPDATE entries SET line = replace(line, '\"fen\":100', '\"fen\":900') "
        "WHERE seq = 7";
    ASSERT_EQ(sqlite3_exec(file, sql, nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(file);
  }
  const auto to = open(schema.where());
  const auto migrated = migrate(*to);
  ASSERT_FALSE(migrated.has_value());
  EXPECT_EQ(migrated.error(), make_error_code(LedgerErrc::store_damaged));
  EXPECT_FALSE(PostgresStore::open({.where = schema.where(), .limits = {}}).has_value());
}

TEST_F(StoreMigration, TheProofSeesEachDifferenceAndNothingElse) {
  const auto to = open(schema.where());
  ASSERT_TRUE(migrate(*to)->equal);
  const std::string of_log = fmt::format("origin = '{}'", log.origin());
  const std::vector<std::pair<std::string, std::string>> changes = {
      {"UPDATE entries SET line = line || ' ' WHERE seq = 5 AND " + of_log, log.origin()},
      {"DELETE FROM entries WHERE seq = 5 AND " + of_log, log.origin()},
      {"UPDATE logs SET note = note || ' ' WHERE " + of_log, log.origin()},
      {"UPDATE logs SET cash_fen = cash_fen + 1 WHERE " + of_log, log.origin()},
      {"UPDATE logs SET vkey = 'other' WHERE " + of_log, log.origin()},
      {"UPDATE logs SET unsure = true WHERE " + of_log, log.origin()},
      {"UPDATE logs SET posted = posted + 1 WHERE " + of_log, log.origin()},
      {"UPDATE batches SET received = received + interval '1 s' WHERE first = 0 AND " + of_log,
       log.origin()},
      {"DELETE FROM open_cash WHERE " + of_log, log.origin()},
      {"DELETE FROM pending_notes WHERE " + of_log, log.origin()},
      {"DELETE FROM logs WHERE kind = 'office'", "ledger.example/office/1"},
      {"UPDATE rollups SET fen = fen + 1", "rollups"},
      {"UPDATE accounts SET fen = fen + 1 WHERE account = 'box'", "accounts"},
      {"UPDATE boxes SET status = 'active'", "boxes"},
      {"UPDATE alarms SET count = count + 1", "alarms"},
      {"DELETE FROM last_words", "last_words"}};
  for (const auto& [change, row] : changes) {
    SCOPED_TRACE(change);
    test::PostgresSchema fresh;
    const auto copy = open(fresh.where());
    ASSERT_TRUE(migrate(*copy)->equal);
    fresh.run(change);
    const auto compared = compare_stores(*store, *copy, [](std::uint64_t) {});
    ASSERT_TRUE(compared.has_value()) << compared.error().message();
    EXPECT_FALSE(compared->equal);
    for (const auto& [name, equal] : rows_of(compared->table)) {
      if (name != "logs") EXPECT_EQ(equal, name != row) << name;  // "logs": their number
    }
  }
}

}  // namespace
}  // namespace yijuan::ledger
