#include "drivers/cctalk/event_book.hpp"

#include <gtest/gtest.h>

namespace yijuan::cctalk {
namespace {

constexpr RawEvent kCoin{1, 0};
constexpr RawEvent kReject{0, 1};

CreditBuffer buffer(int counter, std::vector<RawEvent> newest_first = {}) {
  CreditBuffer read{.counter = counter};
  for (std::size_t slot = 0; slot < newest_first.size(); ++slot) {
    read.newest_first[slot] = newest_first[slot];
  }
  return read;
}

CoinTable table() {
  return {{.position = 1, .id = "CN100A", .amount = Fen(100)}};
}

CounterMark mark(int counter, bool quiet) {
  return {.device = "coin", .serial = "7", .counter = counter, .quiet = quiet};
}

std::size_t coins(const CashReport& report) {
  std::size_t count = 0;
  for (const auto& event : report.events) count += std::holds_alternative<CashAccepted>(event);
  return count;
}

const std::vector<RawEvent> kFiveCoins(5, kCoin);

TEST(EventBook, CreditsTheDifferenceToTheJournalsMark) {
  EventBook book(table(), mark(250, false));
  const auto report = book.reconcile("7", buffer(253, kFiveCoins), true, true);
  EXPECT_EQ(coins(report), 3U);
  EXPECT_EQ(std::get<CashAccepted>(report.events[0]).counter, 251);
  EXPECT_FALSE(report.lost);
  EXPECT_FALSE(report.restarted);
  EXPECT_EQ(report.mark, mark(253, false));
}

TEST(EventBook, InhibitsThatAreGoneMeanARestartWhateverTheCounterSays) {
  EventBook book(table(), mark(250, false));
  const auto report = book.reconcile("7", buffer(253, kFiveCoins), false, false);
  EXPECT_EQ(coins(report), 0U);
  EXPECT_TRUE(report.restarted);
  EXPECT_EQ(report.mark.counter, 253);
}

TEST(EventBook, AnEqualCounterAfterARestartIsARestartAllTheSame) {
  EventBook book(table(), mark(3, false));
  EXPECT_TRUE(book.reconcile("7", buffer(3, {kReject, kReject, kReject}), false, false).restarted);
}

TEST(EventBook, AHoleInTheMemoryMeansARestart) {
  EventBook book(table(), mark(254, false));
  // 254 to 2 would be three events, but the memory holds two.
  const auto report = book.reconcile("7", buffer(2, {kCoin, kCoin}), true, true);
  EXPECT_TRUE(report.restarted);
  EXPECT_EQ(coins(report), 0U);
}

TEST(EventBook, AfterAQuietMarkNothingIsMissing) {
  EventBook book(table(), mark(9, true));
  EXPECT_FALSE(book.reconcile("7", buffer(0), false, false).restarted);
  EventBook other(table(), mark(9, true));
  const auto report =
      other.reconcile("7", buffer(29, std::vector<RawEvent>(5, kReject)), true, false);
  EXPECT_FALSE(report.lost);
  EXPECT_FALSE(report.restarted);
  EXPECT_TRUE(report.mark.quiet);
}

TEST(EventBook, AnotherSerialNumberIsASwapAndAdopted) {
  EventBook book(table(), mark(9, false));
  const auto report = book.reconcile("8", buffer(12, kFiveCoins), true, true);
  EXPECT_EQ(coins(report), 0U);
  EXPECT_TRUE(report.swapped);
  EXPECT_FALSE(report.restarted);
  EXPECT_EQ(report.mark.serial, "8");
  EXPECT_EQ(report.mark.counter, 12);
}

TEST(EventBook, ASwapAfterAQuietMarkHidesNothing) {
  EventBook book(table(), mark(9, true));
  EXPECT_FALSE(book.reconcile("8", buffer(12, kFiveCoins), true, false).swapped);
}

TEST(EventBook, AUsedDeviceThatNobodyKnowsIsASwapANewOneIsNot) {
  EventBook computer(table(), std::nullopt);
  const auto report = computer.reconcile("7", buffer(12, kFiveCoins), true, true);
  EXPECT_TRUE(report.swapped);
  EXPECT_FALSE(report.lost);
  EXPECT_EQ(coins(report), 0U);
  EventBook first(table(), std::nullopt);
  EXPECT_FALSE(first.reconcile("7", buffer(0), false, false).swapped);
}

TEST(EventBook, TheSameReadingTwiceIsReportedOnce) {
  EventBook book(table(), mark(1, false));
  EXPECT_EQ(coins(book.reconcile("7", buffer(2, {kCoin}), true, true)), 1U);
  EXPECT_FALSE(book.take(buffer(2, {kCoin}), true, true).report);
}

TEST(EventBook, ACoinOutsideTheTableIsAnAlarmAndLostNotMoney) {
  EventBook book(table(), mark(1, false));
  const auto report = book.reconcile("7", buffer(2, {RawEvent{5, 0}}), true, true);
  EXPECT_EQ(coins(report), 0U);
  EXPECT_EQ(report.lost, 1U);
  ASSERT_EQ(report.events.size(), 1U);
  EXPECT_TRUE(std::get<CashReturned>(report.events[0]).alarm);
}

TEST(EventBook, ACoinOfAPositionThatTheDeviceDidNotConfirmIsNotMoney) {
  EventBook book(table(), mark(1, false));
  (void)book.reconcile("7", buffer(1), true, true);
  book.trust({});
  EXPECT_EQ(book.take(buffer(2, {kCoin}), true, true).report->lost, 1U);
}

TEST(EventBook, ReadingsThatMayHideARestartAreDoubtful) {
  EventBook book(table(), mark(9, false));
  (void)book.reconcile("7", buffer(9, kFiveCoins), true, true);
  EXPECT_FALSE(book.doubtful(buffer(9, kFiveCoins), true));
  EXPECT_FALSE(book.doubtful(buffer(10, kFiveCoins), true));
  EXPECT_TRUE(book.doubtful(buffer(0), true));
  EXPECT_TRUE(book.doubtful(buffer(15, kFiveCoins), false));
  EXPECT_TRUE(book.doubtful(buffer(10, {RawEvent{0, 2}, kCoin, kCoin, kCoin, kCoin}), true));
  // One event more, but the four before it are not those seen last.
  EXPECT_TRUE(book.doubtful(buffer(10, {kCoin, kReject, kCoin, kCoin, kCoin}), true));
}

TEST(EventBook, FiveEqualCoinsAtOnceAfterOtherEventsAreBelieved) {
  EventBook book(table(), mark(0, false));
  (void)book.reconcile("7", buffer(0), true, true);
  EXPECT_EQ(coins(*book.take(buffer(5, kFiveCoins), true, true).report), 5U);
  EXPECT_EQ(coins(*book.take(buffer(10, kFiveCoins), true, true).report), 5U);
}

TEST(EventBook, ACounterThatGoesUpByFiveIsBroken) {
  EventBook book(table(), mark(0, false));
  (void)book.reconcile("7", buffer(0), true, true);
  const auto taken = book.take(buffer(5, {kCoin}), true, true);
  EXPECT_EQ(taken.verdict, EventBook::Verdict::counter_broken);
  EXPECT_TRUE(taken.report->restarted);
  EXPECT_EQ(coins(*taken.report), 0U);
}

TEST(EventBook, MarksTurnQuietAndOpenOnceEach) {
  EventBook book(table(), std::nullopt);
  EXPECT_FALSE(book.become_quiet());
  (void)book.reconcile("7", buffer(3), true, true);
  EXPECT_TRUE(book.become_quiet()->mark.quiet);
  EXPECT_FALSE(book.become_quiet());
  EXPECT_FALSE(book.become_open()->mark.quiet);
  EXPECT_FALSE(book.become_open());
}

}  // namespace
}  // namespace yijuan::cctalk
