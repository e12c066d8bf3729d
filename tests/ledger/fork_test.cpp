// Disks that were rolled back or cloned, and a ledger that was: two histories are never cosigned,
// and nothing that a box's key signed is thrown away.
#include <algorithm>

#include "ledger/public/published_floors.hpp"
#include "ledger/public/publisher.hpp"
#include "ledger/rebuild.hpp"
#include "tests/ledger/ledger_fixture.hpp"
#include "tlog/checkpoint.hpp"
#include "tlog/cosignature.hpp"
#include "tlog/note.hpp"

namespace yijuan::ledger {
namespace {

class ForkTest : public LedgerFixture {
 protected:
  // The log at the ledger, and the same log on a disk that was rolled back to `size` entries and
  // then took `coins` others.
  test::BoxLog rolled_back(std::uint64_t size, int coins) {
    test::BoxLog other(log.box());
    other.lines() = {log.lines().begin(), log.lines().begin() + static_cast<std::ptrdiff_t>(size)};
    other.boot = "fedcba9876543210";
    for (int i = 0; i < coins; ++i) other.add_coin(yuan(5));
    return other;
  }
  void fill(int coins) {
    for (int i = 0; i < coins; ++i) log.add_coin(yuan(1));
    ASSERT_TRUE(is<sync::Cosigned>(send(log.batch(state().size()))));
  }
  std::optional<std::uint64_t> kept(const sync::Batch& batch) {
    const auto reply = send(batch);
    EXPECT_TRUE(is<sync::Forked>(reply));
    return std::get<sync::Forked>(reply).kept;
  }
  static tlog::Cash coin(int counter, Fen amount) {
    return {.device = "coin",
            .serial = "0001",
            .counter = counter,
            .amount = amount,
            .session = 1000,
            .terms = {.activity = tlog::Activity::one_yuan, .designation = "general", .unit = ""},
            .purpose = tlog::Purpose::gift};
  }
  std::vector<LogState> forks() { return *store->forks(log.origin()); }
};

TEST_F(ForkTest, IsKeptApartFromItsFirstOwnEntryOnAndIsInNoBook) {
  fill(10);  // 21 entries
  const LogState before = state();
  const auto rollups_before = rollups();
  const auto other = rolled_back(9, 2);
  EXPECT_EQ(kept(other.batch(5)), 13U);
  ASSERT_EQ(forks().size(), 1U);
  const LogState fork = forks()[0];
  EXPECT_EQ(fork.base, 9U);
  EXPECT_EQ(fork.size(), 13U);
  EXPECT_EQ(fork.totals.cash_sum, yuan(10));
  EXPECT_EQ(*store->lines(fork.origin, 0, 99),
            std::vector<std::string>(other.lines().begin() + 9, other.lines().end()));
  EXPECT_TRUE(tlog::open_checkpoint(fork.note, log.key().verifier()).has_value());
  EXPECT_FALSE(tlog::cosigned_at(fork.note, cosigner.verifier()).has_value());
  EXPECT_EQ(rollups(), rollups_before);
  EXPECT_EQ(state().note, before.note);
  EXPECT_EQ(alarms()[0].code, "fork");
  EXPECT_TRUE(rebuild_books(*store, {})->differences.empty());
}

TEST_F(ForkTest, GrowsBatchByBatchAndIsStoredOnce) {
  fill(10);
  auto other = rolled_back(9, 2);
  EXPECT_EQ(kept(other.batch(9)), 13U);
  EXPECT_EQ(kept(other.batch(9)), 13U);
  for (int i = 0; i < 10; ++i) other.add_coin(yuan(5));
  EXPECT_EQ(kept(other.batch(13, 20)), 20U);
  EXPECT_EQ(kept(other.batch(18, 30)), 30U);  // it begins beyond what the log itself has
  EXPECT_EQ(kept(other.batch(30)), 33U);
  EXPECT_EQ(kept(other.batch(11, 15)), 33U);
  ASSERT_EQ(forks().size(), 1U);
  EXPECT_EQ(store->lines(forks()[0].origin, 0, 99)->size(), 24U);
  EXPECT_EQ(forks()[0].totals.cash_sum, yuan(60));
}

// The acceptor tells its last events again to a disk that does not know them: no other coins.
TEST_F(ForkTest, ACoinThatTheLogHasIsNoOtherCoinInTheFork) {
  for (int i = 0; i < 300; ++i) log.add_coin(yuan(1));  // counters 1 to 255, and 1 to 45 again
  ASSERT_TRUE(is<sync::Cosigned>(send(log.batch(0))));
  test::BoxLog other(log.box());
  other.lines() = {log.lines().begin(), log.lines().begin() + 5};
  for (int counter = 41; counter <= 47; ++counter) other.add(coin(counter, yuan(1)));
  EXPECT_EQ(kept(other.batch(5)), 12U);
  EXPECT_EQ(forks()[0].totals.cash_sum, yuan(2));
  for (int i = 0; i < 60; ++i) other.add(tlog::Recovered{.device = "coin", .code = "jam"});
  other.add(coin(44, yuan(1)));  // after two hundred others, as far as anybody can tell
  EXPECT_EQ(kept(other.batch(5)), other.size());
  EXPECT_EQ(forks()[0].totals.cash_sum, yuan(3));
  EXPECT_TRUE(rebuild_books(*store, {})->differences.empty());
}

// A disk that keeps nothing goes back again and again: what the fork before, or the log that the
// box began after that, had of the acceptor's last events is told once more.
TEST_F(ForkTest, ACoinThatAnotherHistoryOfTheBoxHasIsNoOtherCoinInTheFork) {
  fill(10);  // counters 1 to 10
  test::BoxLog later(log.box(), 7);
  enrol(later);
  for (int counter = 11; counter <= 12; ++counter) later.add(coin(counter, yuan(1)));
  ASSERT_TRUE(is<sync::Cosigned>(send(later.batch(0))));
  auto one = rolled_back(5, 0);
  for (int counter = 8; counter <= 13; ++counter) one.add(coin(counter, yuan(1)));
  EXPECT_EQ(kept(one.batch(5)), 11U);
  EXPECT_EQ(forks()[0].totals.cash_sum, yuan(1));  // 13
  auto two = rolled_back(5, 0);
  for (int counter = 10; counter <= 14; ++counter) two.add(coin(counter, yuan(1)));
  EXPECT_EQ(kept(two.batch(5)), 10U);
  ASSERT_EQ(forks().size(), 2U);
  EXPECT_EQ(forks()[0].totals.cash_sum + forks()[1].totals.cash_sum, yuan(2));  // and 14
  for (int counter = 15; counter <= 16; ++counter) later.add(coin(counter, yuan(1)));
  ASSERT_TRUE(is<sync::Cosigned>(send(later.batch(3))));
  two.add(coin(15, yuan(1)));
  EXPECT_EQ(kept(two.batch(10)), 11U);  // it went back once more, to where the fork had ended
  EXPECT_EQ(forks()[0].totals.cash_sum + forks()[1].totals.cash_sum, yuan(2));
  EXPECT_TRUE(rebuild_books(*store, {})->differences.empty());
}

TEST_F(ForkTest, ACoinOfAnotherBoxIsAnotherCoin) {
  fill(10);
  test::BoxLog neighbour("box-02", 8);
  enrol(neighbour);
  neighbour.add(coin(11, yuan(1)));
  auto stranger =
      check_batch({.store = *store, .cosigner = cosigner}, "box-02", neighbour.batch(0), now);
  ASSERT_TRUE(stranger.has_value());
  append(std::get<Appending>(*stranger));
  auto other = rolled_back(5, 0);
  other.add(coin(11, yuan(1)));
  EXPECT_EQ(kept(other.batch(5)), 6U);
  EXPECT_EQ(forks()[0].totals.cash_sum, yuan(1));
}

// Events of long ago have the counters of today's.
TEST_F(ForkTest, OnlyTheNewestPiecesOfAnAcceptorAreKnownAgain) {
  test::BoxLog long_ago(log.box(), 7);
  enrol(long_ago);
  for (int counter = 60; counter <= 70; ++counter) long_ago.add(coin(counter, yuan(1)));
  ASSERT_TRUE(is<sync::Cosigned>(send(long_ago.batch(0))));
  now += std::chrono::minutes(1);
  fill(50);
  auto other = rolled_back(5, 0);
  for (int counter = 46; counter <= 65; ++counter) other.add(coin(counter, yuan(1)));
  EXPECT_EQ(kept(other.batch(5)), 25U);
  EXPECT_EQ(forks()[0].totals.cash_sum, yuan(15));  // 51 to 65
}

TEST_F(ForkTest, ThreeDisksOfOneImageAreThreeHistories) {
  fill(4);
  auto one = rolled_back(5, 1);
  auto two = rolled_back(5, 1);
  two.add_coin(yuan(50));
  two.lines()[5][18] = '5';  // another time
  EXPECT_EQ(kept(one.batch(5)), 7U);
  EXPECT_EQ(kept(two.batch(5)), 9U);
  EXPECT_EQ(kept(one.batch(5)), 7U);
  fill(1);
  EXPECT_EQ(forks().size(), 2U);
}

// Found by the simulation: the box had been told nothing when its disk went back once more, and was
// told for ever after that the ledger is busy.
TEST_F(ForkTest, TwoThatBeginWithTheSameEntriesAreTwoHistories) {
  fill(10);
  auto other = rolled_back(9, 2);
  EXPECT_EQ(kept(other.batch(5)), 13U);
  other.lines().resize(11);
  other.add_coin(yuan(1));
  EXPECT_EQ(kept(other.batch(5)), 13U);
  EXPECT_EQ(kept(other.batch(5)), 13U);
  other.add_coin(yuan(1));
  EXPECT_EQ(kept(other.batch(13)), 15U);
  ASSERT_EQ(forks().size(), 2U);
  EXPECT_EQ(forks()[0].totals.cash_sum + forks()[1].totals.cash_sum, yuan(10 + 2));
  EXPECT_TRUE(rebuild_books(*store, {})->differences.empty());
}

TEST_F(ForkTest, IsNotKeptWhereItsBeginningIsNotShown) {
  fill(10);
  const auto other = rolled_back(9, 9);
  EXPECT_EQ(kept(other.batch(21)), std::nullopt);
  EXPECT_TRUE(forks().empty());
  EXPECT_EQ(kept(other.batch(8)), 27U);
}

TEST_F(ForkTest, IsNotKeptWithoutTheLogsOwnSignatureAndRoot) {
  fill(3);
  const auto other = rolled_back(5, 1);
  auto forged = other.batch(5);
  forged.lines[0][18] = '5';
  EXPECT_EQ(kept(forged), std::nullopt);
  forged = other.batch(5);
  const test::BoxLog stranger(log.box(), 2);
  const std::string text = forged.checkpoint.substr(0, forged.checkpoint.find("\n\n") + 1);
  forged.checkpoint = tlog::sign_note(text, stranger.key());
  EXPECT_EQ(kept(forged), std::nullopt);
  EXPECT_TRUE(forks().empty());
}

TEST_F(ForkTest, IsBoundedInEntries) {
  fill(3);
  auto other = rolled_back(5, 10'500);
  Seq next = 5;
  while (const auto end =
             kept(other.batch(next, std::min<std::uint64_t>(next + 1000, other.size())))) {
    next = *end;
    if (next == other.size()) break;
  }
  EXPECT_EQ(next, 5U + 20'000U);
  EXPECT_LE(forks()[0].size() - forks()[0].base, kMostQuarantined);
  EXPECT_EQ(std::ranges::count(alarms(), "quarantine full", &Alarm::code), 1);
}

class RestoredLedgerTest : public ForkTest {
 protected:
  // The ledger goes back to what it was now, while the box keeps what it cosigned since.
  void back_up() { backup = state().size(); }
  void restore_with_more(int coins) {
    const std::uint64_t size = state().size();
    const test::BoxLog older = log;
    for (int i = 0; i < coins; ++i) log.add_coin(yuan(1));
    cosigned = std::get<sync::Cosigned>(send(log.batch(size))).note;
    std::filesystem::remove_all(folder);
    std::filesystem::create_directory(folder);
    open();
    enrol(log);
    ASSERT_TRUE(is<sync::Cosigned>(send(older.batch(0))));
  }
  sync::Batch batch(Seq first, std::uint64_t end) {
    auto made = log.batch(first, end);
    made.cosigned = cosigned;
    return made;
  }
  std::string cosigned;
  std::uint64_t backup = 0;
};

TEST_F(RestoredLedgerTest, FetchesAgainWhatABoxProvesThatItHadCosigned) {
  fill(3);
  restore_with_more(20);  // 7 entries here, 47 were cosigned
  const std::string old_note = state().note;
  auto reply = send(batch(47 - 2, 47));
  ASSERT_TRUE(is<sync::ResumeAt>(reply));
  EXPECT_EQ(std::get<sync::ResumeAt>(reply).size, 7U);
  EXPECT_EQ(state().floor->size, 47U);
  reply = send(batch(7, 20));
  ASSERT_TRUE(is<sync::Stored>(reply));
  EXPECT_EQ(std::get<sync::Stored>(reply).size, 20U);
  EXPECT_EQ(state().note, old_note);
  ASSERT_TRUE(is<sync::Stored>(send(batch(15, 20))));  // and again
  log.add_coin(yuan(1));
  reply = send(batch(20, 49));  // over the floor
  ASSERT_TRUE(is<sync::Cosigned>(reply));
  EXPECT_FALSE(state().floor.has_value());
  EXPECT_EQ(state().size(), 49U);
  EXPECT_EQ(state().totals.gift_sum, yuan(24));
  EXPECT_EQ(std::ranges::count(alarms(), "restored", &Alarm::code), 1);
}

TEST_F(RestoredLedgerTest, NeverCosignsASecondHistoryOfWhatItLost) {
  fill(3);
  restore_with_more(20);
  ASSERT_TRUE(is<sync::ResumeAt>(send(batch(45, 47))));
  auto other = rolled_back(7, 30);  // the same key, another history from the restored size on
  auto forged = other.batch(7);
  forged.cosigned = cosigned;
  EXPECT_TRUE(is<sync::Forked>(send(forged)));
  forged = other.batch(7, 40);
  forged.cosigned = cosigned;
  send(forged);  // below the floor nothing is cosigned
  EXPECT_TRUE(is<sync::Forked>(send(other.batch(40, 60))));
  EXPECT_TRUE(state().floor.has_value());
  EXPECT_EQ(std::ranges::count(alarms(), "fork", &Alarm::code), 1);
}

TEST_F(RestoredLedgerTest, BelievesNoNoteThatItDidNotCosign) {
  fill(3);
  auto forged = log.batch(3);
  forged.cosigned = tlog::sign_checkpoint({log.origin(), 99, Hash{1}}, log.key());
  EXPECT_TRUE(is<sync::Rejected>(send(forged)));
  const tlog::SigningKey other("ledger.example/cosigner", tlog::KeyType::cosignature,
                               tlog::Seed{8});
  forged.cosigned = *tlog::cosign(forged.cosigned, other, now);
  EXPECT_TRUE(is<sync::Rejected>(send(forged)));
  EXPECT_FALSE(state().floor.has_value());
}

TEST_F(RestoredLedgerTest, AfterARestoreNothingIsCosignedBeforeTheBoxSaidHowFarItWas) {
  fill(3);
  const std::string note = state().note;
  ASSERT_TRUE(store->doubt_all().has_value());
  log.add_coin(yuan(1));
  auto old = log.batch(7);
  old.version = sync::Version::one;
  EXPECT_TRUE(is<sync::Busy>(send(old)));
  EXPECT_EQ(state().size(), 7U);
  EXPECT_TRUE(state().unsure);
  auto known = log.batch(7);
  known.cosigned = note;
  EXPECT_TRUE(is<sync::Cosigned>(send(known)));
  EXPECT_FALSE(state().unsure);
  EXPECT_TRUE(is<sync::Cosigned>(send(old)));
}

// A ledger of 7 entries, restored, that had published 47 and cosigned 57 of the box's.
class PublishedBeforeTest : public RestoredLedgerTest {
 protected:
  PublishedBeforeTest() {
    fill(3);
    at_7 = state().note;
    const test::BoxLog older = log;
    for (int i = 0; i < 20; ++i) log.add_coin(yuan(1));
    send(log.batch(7));
    EXPECT_TRUE(publish({.folder = public_folder, .domain = "ledger.example"}, *store, now));
    for (int i = 0; i < 5; ++i) log.add_coin(yuan(1));
    cosigned = std::get<sync::Cosigned>(send(log.batch(47))).note;
    store.reset();
    std::filesystem::remove_all(folder);
    std::filesystem::create_directory(folder);
    open();
    enrol(log);
    EXPECT_TRUE(is<sync::Cosigned>(send(older.batch(0))));
    EXPECT_TRUE(store->doubt_all().has_value());
  }
  std::uint64_t heed() {
    auto done = heed_published(
        {.folder = public_folder, .domain = "ledger.example", .cosigner = cosigner.verifier()},
        *store, now);
    EXPECT_TRUE(done.has_value()) << done.error().message();
    return done->raised;
  }
  sync::BatchReply send_saying(const test::BoxLog& box, Seq first, std::uint64_t end,
                               const std::string& note) {
    auto made = box.batch(first, end);
    made.cosigned = note;
    return send(made);
  }
  test::TemporaryDirectory elsewhere;
  PublicFolder public_folder{elsewhere.path() / "public"};
  std::string at_7;
};

TEST_F(PublishedBeforeTest, NothingIsCosignedBelowItThoughTheBoxSaysLess) {
  EXPECT_EQ(heed(), 1U);
  EXPECT_EQ(heed(), 0U);
  EXPECT_EQ(state().floor->size, 47U);
  EXPECT_EQ(std::ranges::count(alarms(), "restored", &Alarm::code), 1);
  ASSERT_TRUE(is<sync::Stored>(send_saying(log, 7, 20, at_7)));
  ASSERT_TRUE(is<sync::Cosigned>(send_saying(log, 20, 57, at_7)));
  EXPECT_FALSE(state().floor.has_value());
}

TEST_F(PublishedBeforeTest, ABoxThatWentBackTooGetsNoSecondHistoryCosigned) {
  heed();
  const auto other = rolled_back(7, 30);
  ASSERT_TRUE(is<sync::Stored>(send_saying(other, 7, 40, at_7)));
  ASSERT_TRUE(is<sync::Forked>(send_saying(other, 40, 60, at_7)));
  EXPECT_EQ(state().note, at_7);
}

TEST_F(PublishedBeforeTest, TheBoxProvesMoreAndBothAreReachedRightly) {
  heed();
  ASSERT_TRUE(is<sync::Stored>(send_saying(log, 7, 20, cosigned)));
  EXPECT_EQ(state().floor->size, 47U);
  ASSERT_TRUE(is<sync::Stored>(send_saying(log, 20, 47, cosigned)));
  EXPECT_EQ(state().floor->size, 57U);
  EXPECT_EQ(state().note, at_7);
  ASSERT_TRUE(is<sync::Cosigned>(send_saying(log, 47, 57, cosigned)));
  EXPECT_FALSE(state().floor.has_value());
  EXPECT_FALSE(state().unsure);
}

TEST_F(PublishedBeforeTest, WhatTheBoxProvesDoesNotOutweighWhatIsPublished) {
  heed();
  const auto other = rolled_back(7, 30);  // cosigned by a ledger that had been put back before
  const auto proof = *tlog::cosign(other.batch(0).checkpoint, cosigner, now);
  ASSERT_TRUE(is<sync::Stored>(send_saying(other, 7, 40, proof)));
  ASSERT_TRUE(is<sync::Forked>(send_saying(other, 40, other.size(), proof)));
  EXPECT_EQ(state().note, at_7);
}

TEST_F(PublishedBeforeTest, AStoreThatHoldsSomethingElseCosignsNothing) {
  const auto other = rolled_back(3, 10);
  const tlog::Checkpoint of_5{
      .origin = log.origin(),
      .size = 5,
      .root = tlog::open_checkpoint(other.batch(0, 5).checkpoint, log.key().verifier())->root};
  const auto note = *tlog::cosign(tlog::sign_checkpoint(of_5, log.key()), cosigner, now);
  const std::string name = *public_name(log.origin(), "ledger.example");
  ASSERT_TRUE(public_folder.put(published::Checkpoint{name}, note).has_value());
  EXPECT_EQ(heed(), 1U);
  EXPECT_TRUE(is<sync::Busy>(send_saying(log, 7, 20, at_7)));
  EXPECT_TRUE(is<sync::Busy>(send_saying(log, 5, 7, at_7)));
  EXPECT_EQ(state().size(), 7U);
}

TEST_F(PublishedBeforeTest, NothingIsLearntFromWhatNobodySigned) {
  const std::string name = *public_name(log.origin(), "ledger.example");
  const auto unsigned_by_us = tlog::sign_checkpoint({log.origin(), 99, Hash{1}}, log.key());
  ASSERT_TRUE(public_folder.put(published::Checkpoint{name}, unsigned_by_us).has_value());
  EXPECT_EQ(heed(), 0U);
  EXPECT_FALSE(state().floor.has_value());
}

TEST_F(RestoredLedgerTest, ARestoredHistoryThatIsNotTheCosignedOneIsAnAlarm) {
  fill(3);
  ASSERT_TRUE(store->doubt_all().has_value());
  const auto other = rolled_back(3, 1);
  auto strange = log.batch(5);
  strange.cosigned =
      *tlog::cosign(other.batch(0).checkpoint, cosigner, now);  // of 5, but not these 5
  EXPECT_TRUE(is<sync::Busy>(send(strange)));
  EXPECT_TRUE(state().unsure);
  EXPECT_EQ(std::ranges::count(alarms(), "restored", &Alarm::code), 1);
}

}  // namespace
}  // namespace yijuan::ledger
