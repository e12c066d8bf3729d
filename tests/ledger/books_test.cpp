// The books that are derived from entries: sums, business days, accounts, and a rebuild that finds
// what was changed behind the ledger's back.
#include "ledger/books.hpp"

#include <sqlite3.h>

#include <random>

#include "ledger/open_store.hpp"
#include "ledger/rebuild.hpp"
#include "tests/ledger/ledger_fixture.hpp"

namespace yijuan::ledger {
namespace {

class BooksTest : public LedgerFixture {
 protected:
  // Some days of a box, sent in batches of random size.
  void fill(std::uint64_t seed) {
    std::mt19937_64 random(seed);
    Seq sent = 0;
    std::optional<Seq> intent;
    for (int i = 0; i < 200; ++i) {
      log.terms.activity = static_cast<tlog::Activity>(random() % 3);
      log.terms.designation = random() % 2 == 0 ? "general" : "school";
      log.clock.time += std::chrono::minutes(random() % 30);
      if (random() % 40 == 0) log.boot[0] = static_cast<char>('0' + random() % 10);
      log.clock.quality = static_cast<ClockQuality>(random() % 4);
      log.add_coin(Fen(1 + static_cast<std::int64_t>(random() % 10000)), random() % 7 != 0);
      if (random() % 30 == 0) {
        log.add(tlog::Gap{"coin", "0001", 3, std::uint32_t(random() % 9), "restart"});
      }
      if (random() % 10 == 0) {
        if (intent) end_note(*intent, random() % 3);
        intent = log.size();
        log.add(tlog::Intent{"note", "N-1", 5, yuan(10), tlog::Purpose::test});
      }
      if (random() % 50 == 0) log.add(tlog::Door{"door", "opened", ""});
      if (random() % 5 == 0) {
        now = std::max(now, log.clock.time) + std::chrono::minutes(1);
        ASSERT_TRUE(is<sync::Cosigned>(send(log.batch(sent))));
        sent = log.size();
      }
    }
  }
  void end_note(Seq intent, std::uint64_t how) {
    if (how == 0) log.add(tlog::Returned{"note", "N-1", 6, intent, "returned"});
    if (how == 1) log.add(tlog::Disputed{"note", "N-1", 6, yuan(10), intent, "jam"});
    if (how == 2) {
      tlog::Cash note{"note", "N-1", 6, yuan(10), log.size(), {}, tlog::Purpose::test};
      log.add(note);
    }
  }
  void sql(const std::string& statement) {
    sql_behind_its_back(statement);
    open();
  }
  void sql_behind_its_back(const std::string& statement) {
    store.reset();
    sqlite3* handle = nullptr;
    ASSERT_EQ(sqlite3_open((folder / "ledger.db").c_str(), &handle), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(handle, statement.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
        << sqlite3_errmsg(handle);
    sqlite3_close(handle);
  }
  // As the daemon and ledgerctl do.
  void open_as_configured() {
    LedgerConfig config;
    config.store = folder / "ledger.db";
    store.reset();
    auto opened = open_store(config, {});
    ASSERT_TRUE(opened.has_value()) << opened.error().message();
    store = *std::move(opened);
  }
  Rebuilt rebuild() {
    auto rebuilt = rebuild_books(*store, {});
    EXPECT_TRUE(rebuilt.has_value());
    return *rebuilt;
  }
};

TEST_F(BooksTest, EveryTransactionSumsToZero) {
  tlog::Cash coin;
  coin.amount = yuan(1);
  tlog::Cash test_coin = coin;
  test_coin.purpose = tlog::Purpose::test;
  tlog::Gift gift;
  tlog::Gift by_phone;
  by_phone.channel = tlog::Channel::qr;
  for (const tlog::Body& body : std::vector<tlog::Body>{coin, test_coin, gift, by_phone}) {
    const auto legs = postings(body, yuan(2));
    ASSERT_EQ(legs.size(), 2U);
    EXPECT_EQ(legs[0].amount + legs[1].amount, Fen(0));
    EXPECT_NE(legs[0].account, legs[1].account);
  }
  EXPECT_TRUE(postings(tlog::Boot{}, yuan(2)).empty());
}

TEST_F(BooksTest, AccountsOfEachDaySumToZeroAndAgreeWithTheLog) {
  fill(1);
  std::map<domain::Day, Fen> days;
  std::map<std::string, Fen> accounts;
  for (const AccountRow& row : *store->accounts()) {
    days[row.key.day] += row.balance;
    accounts[row.key.account] += row.balance;
  }
  EXPECT_GT(days.size(), 2U);
  for (const auto& [day, sum] : days) EXPECT_EQ(sum, Fen(0)) << domain::to_text(day);
  Fen open;
  for (const auto& piece : *store->open_cash(log.origin())) open += piece.amount;
  const LogTotals totals = state().totals;
  EXPECT_EQ(accounts["box"], totals.cash_sum + totals.test_sum);
  EXPECT_EQ(accounts["test"], Fen(0) - totals.test_sum);
  EXPECT_GT(totals.test_sum, Fen(0));
  EXPECT_GT(totals.disputed_count, 0U);
  EXPECT_EQ(totals.disputed_sum, yuan(10 * static_cast<std::int64_t>(totals.disputed_count)));
  EXPECT_EQ(totals.faults, 0U);
  EXPECT_EQ(accounts["open"], Fen(0) - open);
  EXPECT_EQ(accounts["income:general"] + accounts["income:school"], Fen(0) - totals.gift_sum);
  Fen rolled;
  std::uint64_t gifts = 0;
  for (const RollupRow& row : rollups()) {
    rolled += row.value.sum;
    gifts += row.value.gifts;
  }
  EXPECT_EQ(rolled, totals.gift_sum);
  EXPECT_EQ(gifts, totals.gift_count);
}

TEST_F(BooksTest, ARebuildGivesTheSameToTheFen) {
  for (const std::uint64_t seed : {2, 3}) fill(seed);
  const auto rollups_before = rollups();
  const auto accounts_before = *store->accounts();
  const LogState state_before = state();
  const Rebuilt rebuilt = rebuild();
  EXPECT_EQ(rebuilt.differences, std::vector<std::string>());
  EXPECT_EQ(rebuilt.entries, state().size());
  EXPECT_EQ(rollups(), rollups_before);
  EXPECT_EQ(*store->accounts(), accounts_before);
  EXPECT_EQ(state().totals, state_before.totals);
  EXPECT_EQ(state().pending, state_before.pending);
  EXPECT_EQ(state().note, state_before.note);
}

// What a ledger of version 2 left: it knew no office's log and no fork.
TEST_F(BooksTest, AStoreOfTheVersionBeforeComesToTodaysBooks) {
  fill(8);
  const auto rollups_before = rollups();
  const LogState before = state();
  ASSERT_GT(before.totals.tampers, 0U);
  sql_behind_its_back(
      "DROP TABLE office_postings; ALTER TABLE logs DROP COLUMN kind;"
      "ALTER TABLE logs DROP COLUMN base; ALTER TABLE logs DROP COLUMN retold; ALTER TABLE logs "
      "DROP COLUMN posted;"
      "ALTER TABLE logs DROP COLUMN floor_size; ALTER TABLE logs DROP COLUMN floor_root;"
      "ALTER TABLE logs DROP COLUMN unsure;"
      "UPDATE logs SET unknown = 99; UPDATE rollups SET fen = fen + 1; PRAGMA user_version = 2");
  for (int opening = 0; opening < 2; ++opening) {
    open_as_configured();
    EXPECT_EQ(state().totals, before.totals);
    EXPECT_EQ(state().pending, before.pending);
    EXPECT_EQ(rollups(), rollups_before);
  }
  EXPECT_TRUE(rebuild().differences.empty());
}

// The power went between the new tables and the new books.
TEST_F(BooksTest, AMigrationThatWasCutShortBeginsAnew) {
  fill(6);
  const LogState before = state();
  sql_behind_its_back(
      "UPDATE logs SET tampers = 0, disputed_fen = 0; DELETE FROM pending_notes;"
      "PRAGMA user_version = 2");
  open_as_configured();
  EXPECT_EQ(state().totals, before.totals);
  EXPECT_EQ(state().pending, before.pending);
}

TEST_F(BooksTest, AStoreOfALaterVersionIsLeftAlone) {
  sql_behind_its_back("PRAGMA user_version = 4");
  EXPECT_EQ(SqliteStore::open({.path = (folder / "ledger.db").string()}).error(),
            make_error_code(LedgerErrc::store_foreign));
}

TEST_F(BooksTest, ARebuildFindsAndMendsEveryTamperedSum) {
  fill(4);
  const auto right = rollups();
  for (const char* tampering :
       {"UPDATE rollups SET fen = fen - 1", "UPDATE rollups SET people = people + 1",
        "DELETE FROM rollups",
        "UPDATE rollups SET day = '2001-01-01' WHERE day = (SELECT min(day) FROM rollups)",
        "UPDATE accounts SET fen = 0 WHERE account = 'box'", "DELETE FROM open_cash",
        "UPDATE open_cash SET fen = 1", "UPDATE logs SET gift_fen = gift_fen + 100",
        "UPDATE logs SET lost = 0", "UPDATE logs SET disputed_fen = 0",
        "UPDATE logs SET tampers = tampers + 1",
        "INSERT INTO pending_notes SELECT origin, 'other', 3, 'N', 1, 100, 'gift' FROM logs",
        "INSERT INTO rollups VALUES ('market-01', '2030-01-01', 'free', 'qr', 1, 1, 1)"}) {
    sql(tampering);
    EXPECT_FALSE(rebuild().differences.empty()) << tampering;
    EXPECT_EQ(rollups(), right) << tampering;
    EXPECT_TRUE(rebuild().differences.empty()) << tampering;
  }
}

TEST_F(BooksTest, ANoteAboutToBeStackedIsKnownInTheNextBatch) {
  log.add_coin(yuan(1));
  const Seq intent = log.size();
  log.add(tlog::Intent{"note", "N-1", 5, yuan(100)});
  ASSERT_TRUE(is<sync::Cosigned>(send(log.batch(0))));
  ASSERT_EQ(state().pending.size(), 1U);
  EXPECT_EQ(state().pending.at("note"),
            (domain::PendingNote{intent, tlog::Intent{"note", "N-1", 5, yuan(100)}}));
  const Seq sent = log.size();
  log.add(tlog::Disputed{"note", "N-1", 6, yuan(100), intent, "jam"});
  ASSERT_TRUE(is<sync::Cosigned>(send(log.batch(sent))));
  EXPECT_TRUE(state().pending.empty());
  EXPECT_EQ(state().totals.disputed_sum, yuan(100));
  EXPECT_EQ(state().totals.faults, 0U);
}

TEST_F(BooksTest, ATamperIsAnAlarmOfTheBox) {
  log.add_coin(yuan(1));
  log.add(tlog::Door{"door", "opened", "boxctl uid 1000"});
  log.add(tlog::Door{"door", "closed", "boxctl uid 1000"});
  ASSERT_TRUE(is<sync::Cosigned>(send(log.batch(0))));
  EXPECT_TRUE(store->alarms()->empty());
  const Seq sent = log.size();
  log.add(tlog::Door{"door", "opened", ""});
  ASSERT_TRUE(is<sync::Cosigned>(send(log.batch(sent))));
  const auto alarms = *store->alarms();
  ASSERT_EQ(alarms.size(), 1U);
  EXPECT_EQ(alarms[0].code, "tamper");
  EXPECT_EQ(state().totals.tampers, 1U);
}

TEST_F(BooksTest, ARebuildNamesAChangedEntryAndLeavesTheRootAlone) {
  fill(8);
  const Hash root = state().frontier.root();
  sql("UPDATE entries SET line = replace(line, '\"fen\":', '\"fen\":1') WHERE seq = 7");
  const Rebuilt rebuilt = rebuild();
  ASSERT_FALSE(rebuilt.differences.empty());
  EXPECT_NE(rebuilt.differences[0].find("not the root of the entries"), std::string::npos);
  EXPECT_EQ(state().frontier.root(), root);
  sql("DELETE FROM entries WHERE seq = 7");
  EXPECT_NE(rebuild().differences[0].find("entry 7 is missing"), std::string::npos);
}

TEST_F(BooksTest, AGiftBelongsToTheDayInShanghai) {
  log.clock.time = *parse_rfc3339("2026-10-16T15:59:58.000Z");
  log.add_coin(yuan(1));  // its gift is written at 15:59:59
  log.add_coin(yuan(2));
  send(log.batch(0));
  ASSERT_EQ(rollups().size(), 2U);
  EXPECT_EQ(domain::to_text(rollups()[0].key.day), "2026-10-16");
  EXPECT_EQ(domain::to_text(rollups()[1].key.day), "2026-10-17");
}

TEST_F(BooksTest, AnUnsetClockIsPlacedByATrustedReadingOfItsBoot) {
  now = *parse_rfc3339("2026-10-20T08:00:00.000Z");
  const WallTime true_time = log.clock.time;
  const Uptime true_up = log.up;
  log.clock = {.time = *parse_rfc3339("1970-01-01T00:00:00.000Z"), .quality = ClockQuality::unset};
  log.add_coin(yuan(1));
  log.clock = {.time = true_time + (log.up - true_up), .quality = ClockQuality::ntp};
  log.add(tlog::Boot{.version = "1", .clean = true});
  send(log.batch(0));
  ASSERT_EQ(rollups().size(), 1U);
  EXPECT_EQ(domain::to_text(rollups()[0].key.day), "2026-10-17");
  // Another boot has no such reading: the day on which it came.
  log.boot = "ffffffffffffffff";
  log.clock = {.time = *parse_rfc3339("2036-01-01T00:00:00.000Z"), .quality = ClockQuality::stored};
  const Seq sent = log.size();
  log.add_coin(yuan(1));
  send(log.batch(sent));
  ASSERT_EQ(rollups().size(), 2U);
  EXPECT_EQ(domain::to_text(rollups()[1].key.day), "2026-10-20");
}

}  // namespace
}  // namespace yijuan::ledger
