// What the office's log says comes into the books once, whatever is cut in between, and a rebuild
// gives the same to the fen.
#include "ledger/office/office_poster.hpp"

#include <algorithm>

#include "ledger/office/desk.hpp"
#include "ledger/rebuild.hpp"
#include "sync/heartbeat.hpp"
#include "tests/ledger/office_fixture.hpp"

namespace yijuan::ledger {
namespace {

class OfficePosterTest : public OfficeFixture {
 protected:
  OfficePosterTest() { EXPECT_TRUE(office->start().has_value()); }

  void send_all(const test::BoxLog& box) { send_to(box, box.size()); }
  void send_to(const test::BoxLog& box, std::uint64_t end) {
    ASSERT_TRUE(is<sync::Cosigned>(send(box.batch(state().size(), end))));
  }
  // A coin that is in no gift, in a session of its own or in the one before.
  void open_coin(std::uint64_t session, Fen amount, const tlog::Terms& terms) {
    log.add(tlog::Cash{.device = "coin",
                       .serial = "0001",
                       .counter = static_cast<int>(log.size() % 250) + 1,
                       .amount = amount,
                       .session = session,
                       .terms = terms,
                       .purpose = tlog::Purpose::gift});
  }
  OfficePoster::Done post() { return post_with(poster); }
  OfficePoster::Done post_with(OfficePoster& with) {
    const std::vector<std::string> offices = {key.origin(1)};
    auto done = with.post_due(offices);
    EXPECT_TRUE(done.has_value()) << done.error().message();
    return *done;
  }
  // A daemon that was killed before it posted, and the next one.
  OfficePoster::Done restart_and_post() {
    OfficePoster next(*store);
    return post_with(next);
  }
  void expect_right_books() {
    const auto rebuilt = rebuild_books(*store, {});
    ASSERT_TRUE(rebuilt.has_value()) << rebuilt.error().message();
    EXPECT_TRUE(rebuilt->differences.empty()) << rebuilt->differences.front();
  }
  Fen account(const std::string& name) {
    Fen sum;
    for (const AccountRow& row : *store->accounts()) {
      if (row.key.account == name) sum += row.balance;
    }
    return sum;
  }
  std::uint64_t gifts() {
    std::uint64_t count = 0;
    for (const RollupRow& row : rollups()) count += row.value.gifts;
    return count;
  }
  OfficeWritten lose(const std::string& origin) {
    auto bodies = lost_log(*store, *office, origin, "burnt");
    EXPECT_TRUE(bodies.has_value()) << bodies.error().message();
    auto written = office->append(*bodies);
    EXPECT_TRUE(written.has_value());
    return *std::move(written);
  }
  // Another history of the log from entry `size` on, kept as a fork.
  LogState fork_after(std::uint64_t size, int coins) {
    test::BoxLog other(log.box());
    other.lines() = {log.lines().begin(), log.lines().begin() + static_cast<std::ptrdiff_t>(size)};
    other.boot = "fedcba9876543210";
    for (int i = 0; i < coins; ++i) {
      other.add_coin(yuan(5));
      if (i % 400 == 399) send(other.batch(i > 400 ? other.size() - 800 : size));
    }
    send(other.batch(std::max(size, other.size() < 900 ? size : other.size() - 900)));
    return store->forks(log.origin())->at(0);
  }
  OfficeWritten take(const LogState& fork) {
    auto bodies = quarantined_entries(*store, fork);
    EXPECT_TRUE(bodies.has_value()) << bodies.error().message();
    auto written = office->append(*bodies);
    EXPECT_TRUE(written.has_value());
    return *std::move(written);
  }

  OfficePoster poster{*store};
  tlog::Terms general{.activity = tlog::Activity::one_yuan, .designation = "general", .unit = ""};
  tlog::Terms school{.activity = tlog::Activity::free, .designation = "school", .unit = "town-2"};
};

TEST_F(OfficePosterTest, ClosesTheOpenCashOfALostLogBySession) {
  log.add_coin(yuan(1));
  open_coin(90, yuan(1), general);
  open_coin(90, yuan(5), general);
  open_coin(91, yuan(10), school);
  send_all(log);
  EXPECT_EQ(account("open"), Fen(0) - yuan(16));
  const auto written = lose(log.origin());
  const auto lost = std::get<tlog::Lost>(entry(1, 1).body);
  EXPECT_EQ(lost.size, log.size());
  EXPECT_EQ(lost.head, log.size());
  EXPECT_EQ(lost.unsynced, 0U);
  EXPECT_EQ(written.log.size(), 4U);
  EXPECT_EQ(account("open"), Fen(0) - yuan(16));  // nothing is posted yet
  EXPECT_EQ(post().posted, 2U);
  EXPECT_EQ(account("open"), Fen(0));
  EXPECT_EQ(account("income:general"), Fen(0) - yuan(7));
  EXPECT_EQ(account("income:school"), Fen(0) - yuan(10));
  EXPECT_EQ(gifts(), 3U);
  EXPECT_TRUE(store->open_cash(log.origin())->empty());
  expect_right_books();
}

TEST_F(OfficePosterTest, ABoxThatSeemedLostAndFinishesItsGiftIsCountedOnce) {
  open_coin(90, yuan(1), general);
  open_coin(90, yuan(5), general);
  send_all(log);
  const Seq second = log.size() - 1;
  lose(log.origin());
  EXPECT_EQ(post().posted, 1U);
  EXPECT_EQ(gifts(), 1U);
  open_coin(90, yuan(10), general);
  const auto give = [&](std::vector<Seq> cash, Fen amount, std::uint64_t slip) {
    log.add(tlog::Gift{.terms = general,
                       .channel = tlog::Channel::cash,
                       .amount = amount,
                       .campaign = "sample-2026@1",
                       .people = 30,
                       .slip = slip,
                       .cash = std::move(cash),
                       .claim = {},
                       .closed = "done"});
    send_to(log, log.size());
  };
  give({second - 1, second}, yuan(6), 1);  // all of it was written by the office
  EXPECT_EQ(gifts(), 1U);
  EXPECT_EQ(account("income:general"), Fen(0) - yuan(6));
  give({second, second + 1}, yuan(15), 2);  // a part of it
  EXPECT_EQ(gifts(), 2U);
  EXPECT_EQ(account("income:general"), Fen(0) - yuan(16));
  EXPECT_EQ(account("open"), Fen(0));
  expect_right_books();
}

TEST_F(OfficePosterTest, PostsOnceThoughItIsCutBetweenTheTwoSteps) {
  open_coin(90, yuan(1), general);
  open_coin(91, yuan(5), general);
  send_all(log);
  lose(log.origin());
  // The first is posted, then the daemon dies.
  EXPECT_EQ(restart_and_post().posted, 2U);
  EXPECT_EQ(restart_and_post().posted, 0U);
  EXPECT_EQ(post().posted, 0U);
  EXPECT_EQ(gifts(), 2U);
  auto again = lost_log(*store, *office, log.origin(), "burnt");
  ASSERT_TRUE(again.has_value());
  EXPECT_TRUE(again->empty());
  expect_right_books();
}

TEST_F(OfficePosterTest, ARebuildBetweenTheTwoStepsPostsItToo) {
  open_coin(90, yuan(1), general);
  send_all(log);
  lose(log.origin());
  EXPECT_FALSE(rebuild_books(*store, {})->differences.empty());
  EXPECT_EQ(gifts(), 1U);
  EXPECT_EQ(post().posted, 0U);
  expect_right_books();
}

TEST_F(OfficePosterTest, ABatchThatWasCheckedBeforeTheClosingIsCheckedAgain) {
  open_coin(90, yuan(1), general);
  send_all(log);
  const Seq seq = log.size() - 1;
  log.add(tlog::Gift{.terms = general,
                     .channel = tlog::Channel::cash,
                     .amount = yuan(1),
                     .campaign = "demo",
                     .people = 1,
                     .slip = 1,
                     .cash = {seq},
                     .claim = {},
                     .closed = "power"});
  auto checked = check(log.batch(seq + 1));
  lose(log.origin());
  EXPECT_EQ(post().posted, 1U);
  EXPECT_EQ(store->append(std::get<Appending>(*checked)).value(), Appended::moved);
  send_all(log);  // the box was not dead after all: its gift finds its cash given
  EXPECT_EQ(account("income:general"), Fen(0) - yuan(1));
  EXPECT_EQ(account("open"), Fen(0));
  expect_right_books();
}

TEST_F(OfficePosterTest, AnEntryForALogThatGrewMeanwhileIsPostedAsARebuildDoes) {
  open_coin(90, yuan(1), general);
  send_all(log);
  lose(log.origin());
  const Seq seq = log.size() - 1;
  log.add_coin(yuan(2));
  send_all(log);
  log.add(tlog::Gift{.terms = general,
                     .channel = tlog::Channel::cash,
                     .amount = yuan(1),
                     .campaign = "demo",
                     .people = 1,
                     .slip = 2,
                     .cash = {seq},
                     .claim = {},
                     .closed = "power"});
  send_all(log);
  EXPECT_EQ(restart_and_post().posted, 1U);
  EXPECT_EQ(account("income:general"), Fen(0) - yuan(3));
  EXPECT_EQ(account("open"), Fen(0));
  EXPECT_EQ(post().posted, 0U);
  expect_right_books();
}

TEST_F(OfficePosterTest, AnEntryForEntriesThatAreNotHereYetWaits) {
  open_coin(90, yuan(1), general);
  open_coin(91, yuan(2), general);
  const tlog::Body ahead(tlog::Closing{.origin = log.origin(),
                                       .size = 3,
                                       .terms = general,
                                       .amount = yuan(2),
                                       .cash = {2},
                                       .why = "before the restore"});
  ASSERT_TRUE(office->append({&ahead, 1}).has_value());
  send_to(log, 2);
  EXPECT_EQ(post().waiting, 1U);
  expect_right_books();
  send_to(log, 3);
  EXPECT_EQ(post().posted, 1U);
  EXPECT_EQ(account("income:general"), Fen(0) - yuan(2));
  EXPECT_EQ(post().waiting, 0U);
  expect_right_books();
}

TEST_F(OfficePosterTest, TakesAForkIntoTheBooksOnce) {
  for (int i = 0; i < 10; ++i) log.add_coin(yuan(1));
  send_all(log);
  const LogState fork = fork_after(9, 1200);
  ASSERT_GT(fork.size() - fork.base, 2000U);
  EXPECT_EQ(account("income:general"), Fen(0) - yuan(10));
  expect_right_books();
  const auto written = take(fork);
  EXPECT_EQ(written.lines.size(), 3U);  // of a thousand leaves at most
  EXPECT_EQ(restart_and_post().posted, 3U);
  EXPECT_EQ(post().posted, 0U);
  EXPECT_EQ(account("income:general"), Fen(0) - yuan(10) - yuan(6000));
  EXPECT_EQ(gifts(), 1210U);
  EXPECT_EQ(store->forks(log.origin())->at(0).posted, fork.size());
  EXPECT_TRUE(quarantined_entries(*store, store->forks(log.origin())->at(0))->empty());
  expect_right_books();
}

TEST_F(OfficePosterTest, AForkThatIsCitedTwiceCountsOnce) {
  for (int i = 0; i < 10; ++i) log.add_coin(yuan(1));
  send_all(log);
  const LogState fork = fork_after(9, 3);
  take(fork);
  take(fork);  // two ledgers at once
  EXPECT_EQ(post().posted, 2U);
  EXPECT_EQ(account("income:general"), Fen(0) - yuan(25));
  expect_right_books();
}

TEST_F(OfficePosterTest, AForkThatGoesOnIsTakenInParts) {
  for (int i = 0; i < 10; ++i) log.add_coin(yuan(1));
  send_all(log);
  const LogState fork = fork_after(9, 3);
  take(fork);
  EXPECT_EQ(post().posted, 1U);
  test::BoxLog other(log.box());
  other.lines() = *store->lines(log.origin(), 0, 9);
  for (const std::string& line : *store->lines(fork.origin, 9, 99)) other.add_line(line);
  other.clock.time += std::chrono::hours(1);
  other.boot = "fedcba9876543210";
  other.up = std::chrono::hours(2);
  for (int i = 0; i < 2; ++i) other.add_coin(yuan(20));
  send(other.batch(fork.size()));
  EXPECT_EQ(account("income:general"), Fen(0) - yuan(25));
  expect_right_books();
  take(store->forks(log.origin())->at(0));
  EXPECT_EQ(post().posted, 1U);
  EXPECT_EQ(account("income:general"), Fen(0) - yuan(65));
  expect_right_books();
}

TEST_F(OfficePosterTest, CashOfAForkThatTheOfficeClosedIsGivenOnceThoughTheForkGoesOn) {
  for (int i = 0; i < 10; ++i) log.add_coin(yuan(1));
  send_all(log);
  test::BoxLog other(log.box());
  other.lines() = *store->lines(log.origin(), 0, 9);
  other.boot = "fedcba9876543210";
  other.add_coin(yuan(5), false);
  send(other.batch(9));
  const auto fork = [this] { return store->forks(log.origin())->at(0); };
  EXPECT_FALSE(lost_log(*store, *office, fork().origin, "scrapped").has_value());
  take(fork());
  post();
  lose(fork().origin);
  EXPECT_EQ(post().posted, 1U);
  EXPECT_EQ(account("income:general"), Fen(0) - yuan(15));
  other.add(tlog::Gift{.terms = general,
                       .channel = tlog::Channel::cash,
                       .amount = yuan(5),
                       .campaign = "demo",
                       .people = 1,
                       .slip = 9,
                       .cash = {9},
                       .claim = {},
                       .closed = "power"});
  send(other.batch(10));
  take(fork());
  EXPECT_EQ(post().posted, 1U);
  EXPECT_EQ(account("income:general"), Fen(0) - yuan(15));
  EXPECT_EQ(account("open"), Fen(0));
  expect_right_books();
}

TEST_F(OfficePosterTest, EntriesThatAreNotTheCitedOnesAreNotTaken) {
  for (int i = 0; i < 10; ++i) log.add_coin(yuan(1));
  send_all(log);
  const LogState fork = fork_after(9, 3);
  auto bodies = *quarantined_entries(*store, fork);
  std::get<tlog::Quarantined>(bodies[0]).leaves[1] = Hash{7};
  ASSERT_TRUE(office->append(bodies).has_value());
  EXPECT_EQ(post().waiting, 1U);
  EXPECT_EQ(account("income:general"), Fen(0) - yuan(10));
  expect_right_books();
}

TEST_F(OfficePosterTest, WhatABoxStillHeldBackIsInTheLostEntryLessWhatCameSince) {
  log.add_coin(yuan(1));
  send_all(log);
  sync::Heartbeat heartbeat;
  heartbeat.version = "1";
  heartbeat.origin = log.origin();
  heartbeat.head = 9;
  heartbeat.cosigned = 3;
  heartbeat.unsynced = 3;
  heartbeat.unsynced_sum = yuan(8);
  heartbeat.clock = clock.now();
  const std::array<LastWord, 1> words = {
      LastWord{.box = log.box(), .received = now, .json = sync::write_heartbeat(heartbeat)}};
  ASSERT_TRUE(store->keep_last_words(words).has_value());
  log.add_coin(yuan(2));
  send_all(log);
  lose(log.origin());
  const auto lost = std::get<tlog::Lost>(entry(1, 1).body);
  EXPECT_EQ(lost.size, 5U);
  EXPECT_EQ(lost.head, 9U);
  EXPECT_EQ(lost.unsynced, 2U);
  EXPECT_EQ(lost.unsynced_fen, 600U);
}

TEST_F(OfficePosterTest, ABoxIsEnrolledAndRevokedAsTheLogSays) {
  const Hash first{1};
  const Hash second{2};
  const std::string origin = "ledger.example/box/market-09/0a1b2c3d";
  const tlog::Body enrolled(
      tlog::Enrolled{.box = "market-09", .origin = origin, .key = "vkey", .spki = first});
  const tlog::Body revoked(tlog::Revoked{.box = "market-09", .spki = first});
  const tlog::Body again(
      tlog::Enrolled{.box = "market-09", .origin = origin + "1", .key = "vkey", .spki = second});
  ASSERT_TRUE(office->append({&enrolled, 1}).has_value());
  post();
  auto box = **store->box("market-09");
  EXPECT_EQ(box.status, BoxStatus::active);
  EXPECT_EQ(box.key_fingerprint, first);
  EXPECT_EQ((**store->log(origin)).vkey, "vkey");
  ASSERT_TRUE(office->append({&revoked, 1}).has_value());
  post();
  EXPECT_EQ((**store->box("market-09")).status, BoxStatus::revoked);
  ASSERT_TRUE(office->append({&again, 1}).has_value());
  post();
  restart_and_post();  // which reads all of it once more
  box = **store->box("market-09");
  EXPECT_EQ(box.status, BoxStatus::active);
  EXPECT_EQ(box.key_fingerprint, second);
}

TEST_F(OfficePosterTest, ABoxThatIsRevokedByNoEntryStaysRevoked) {
  const tlog::Body enrolled(tlog::Enrolled{
      .box = log.box(), .origin = log.origin(), .key = log.key().verifier().text(), .spki = {}});
  ASSERT_TRUE(office->append({&enrolled, 1}).has_value());
  post();
  ASSERT_TRUE(store->set_status(log.box(), BoxStatus::revoked).has_value());
  restart_and_post();
  EXPECT_EQ((**store->box(log.box())).status, BoxStatus::revoked);
}

}  // namespace
}  // namespace yijuan::ledger
