// What the readings of a bill validator mean for the money, reading by reading.
#include <gtest/gtest.h>

#include "drivers/cctalk/note_book.hpp"

namespace yijuan::cctalk {
namespace {

CreditBuffer reading(int counter, std::vector<RawEvent> newest_first) {
  CreditBuffer buffer{.counter = counter, .newest_first = {}};
  for (std::size_t slot = 0; slot < newest_first.size(); ++slot) {
    buffer.newest_first[slot] = newest_first[slot];
  }
  return buffer;
}

const NoteTable kTable = {{.position = 3, .id = "CN0010A", .amount = yuan(10)},
                          {.position = 6, .id = "CN0100A", .amount = yuan(100)}};

/// A book that knows device "7" at counter `counter`, open.
NoteBook open_book(int counter, bool escrow = true) {
  NoteBook book(kTable, std::nullopt, escrow);
  (void)book.reconcile("7", reading(counter, {}), true, true);
  return book;
}

std::size_t credits(const NoteBook::Told& told) {
  std::size_t count = 0;
  if (!told.report) return 0;
  for (const auto& event : told.report->events) {
    count += std::holds_alternative<CashAccepted>(event) ? 1U : 0U;
  }
  return count;
}

template <class T>
const T* only(const NoteBook::Told& told) {
  if (!told.report || told.report->events.size() != 1) return nullptr;
  return std::get_if<T>(&told.report->events.front());
}

TEST(NoteBook, APublishedSessionEscrowStackRejectReturn) {
  NoteBook book(kTable, std::nullopt, true);
  (void)book.reconcile("7", reading(0, {}), true, true);
  auto held = book.take(reading(1, {{3, 1}}), true, true).told;
  ASSERT_TRUE(held.held);
  EXPECT_EQ(held.held->amount, yuan(10));
  EXPECT_FALSE(held.report);
  auto stacked = book.take(reading(2, {{3, 0}, {3, 1}}), true, true).told;
  ASSERT_NE(only<CashAccepted>(stacked), nullptr);
  EXPECT_EQ(only<CashAccepted>(stacked)->counter, 2);
  auto rest = book.take(reading(4, {{0, 1}, {0, 2}, {3, 0}, {3, 1}}), true, true).told;
  ASSERT_TRUE(rest.report);
  ASSERT_EQ(rest.report->events.size(), 2U);
  EXPECT_FALSE(std::get<CashReturned>(rest.report->events[1]).from_escrow);
}

TEST(NoteBook, HeldAndStackedInOneReadingIsCreditedAndNeverToldAsHeld) {
  NoteBook book = open_book(10);
  const auto told = book.take(reading(12, {{6, 0}, {6, 1}}), true, true).told;
  EXPECT_EQ(credits(told), 1U);
  EXPECT_FALSE(told.held);
}

TEST(NoteBook, ANoteThatComesBackIsFromEscrowOnlyIfItWasTold) {
  NoteBook book = open_book(10);
  const auto unseen = book.take(reading(12, {{0, 1}, {6, 1}}), true, true).told;
  ASSERT_NE(only<CashReturned>(unseen), nullptr);
  EXPECT_FALSE(only<CashReturned>(unseen)->from_escrow);
  (void)book.take(reading(13, {{6, 1}, {0, 1}, {6, 1}}), true, true);
  const auto seen = book.take(reading(14, {{0, 1}, {6, 1}, {0, 1}, {6, 1}}), true, true).told;
  ASSERT_NE(only<CashReturned>(seen), nullptr);
  EXPECT_TRUE(only<CashReturned>(seen)->from_escrow);
}

TEST(NoteBook, AJamOutOfReachLeavesTheHeldNoteUnclearAndItsLaterStackedIsNoCredit) {
  NoteBook book = open_book(10);
  (void)book.take(reading(11, {{6, 1}}), true, true);
  const auto jam = book.take(reading(12, {{0, 16}, {6, 1}}), true, true).told;
  EXPECT_NE(only<NoteUnclear>(jam), nullptr);
  EXPECT_FALSE(book.held());
  const auto later = book.take(reading(13, {{6, 0}, {0, 16}, {6, 1}}), true, true).told;
  EXPECT_EQ(credits(later), 0U);
  ASSERT_NE(only<CashReturned>(later), nullptr);
  EXPECT_TRUE(only<CashReturned>(later)->alarm);
  // The next note is another one.
  (void)book.take(reading(14, {{6, 1}, {6, 0}, {0, 16}, {6, 1}}), true, true);
  EXPECT_EQ(
      credits(book.take(reading(15, {{6, 0}, {6, 1}, {6, 0}, {0, 16}, {6, 1}}), true, true).told),
      1U);
}

TEST(NoteBook, AJamWithinReachIsAnAlarmAndTheNoteIsStillAwaited) {
  NoteBook book = open_book(10);
  (void)book.take(reading(11, {{6, 1}}), true, true);
  const auto jam = book.take(reading(12, {{0, 6}, {6, 1}}), true, true).told;
  ASSERT_NE(only<CashReturned>(jam), nullptr);
  EXPECT_FALSE(only<CashReturned>(jam)->returned);
  EXPECT_TRUE(only<CashReturned>(jam)->alarm);
  ASSERT_TRUE(book.held());
  EXPECT_EQ(credits(book.take(reading(13, {{6, 0}, {0, 6}, {6, 1}}), true, true).told), 1U);
}

TEST(NoteBook, AnUnknownNoteIsLostOrDisputedAndNeverGuessed) {
  NoteBook book = open_book(10);
  const auto lost = book.take(reading(11, {{0, 21}}), true, true).told;
  EXPECT_EQ(lost.report->lost, 1U);
  EXPECT_TRUE(only<CashReturned>(lost)->alarm);
  (void)book.take(reading(12, {{6, 1}, {0, 21}}), true, true);
  const auto unclear = book.take(reading(13, {{0, 21}, {6, 1}, {0, 21}}), true, true).told;
  EXPECT_NE(only<NoteUnclear>(unclear), nullptr);
  EXPECT_FALSE(unclear.report->lost);
}

TEST(NoteBook, ANoteOutsideTheTableIsLostAndNotMoney) {
  NoteBook book = open_book(10);
  const auto told = book.take(reading(11, {{5, 0}}), true, true).told;
  EXPECT_EQ(credits(told), 0U);
  EXPECT_EQ(told.report->lost, 1U);
  EXPECT_TRUE(only<CashReturned>(told)->alarm);
}

TEST(NoteBook, ANoteOutsideTheTableIsNotToldAsHeld) {
  NoteBook book = open_book(10);
  EXPECT_FALSE(book.take(reading(11, {{5, 1}}), true, true).told.held);
  ASSERT_TRUE(book.held());
  EXPECT_FALSE(book.held()->amount);
}

TEST(NoteBook, StackingAnotherNoteThanTheOneHeldDisputesTheOneAndCreditsTheOther) {
  NoteBook book = open_book(10);
  (void)book.take(reading(11, {{6, 1}}), true, true);
  const auto told = book.take(reading(12, {{3, 0}, {6, 1}}), true, true).told;
  ASSERT_EQ(told.report->events.size(), 2U);
  EXPECT_TRUE(std::holds_alternative<NoteUnclear>(told.report->events[0]));
  EXPECT_EQ(std::get<CashAccepted>(told.report->events[1]).amount, yuan(10));
}

TEST(NoteBook, ANewHeldNoteDisputesTheOldOne) {
  NoteBook book = open_book(10);
  (void)book.take(reading(11, {{6, 1}}), true, true);
  const auto told = book.take(reading(12, {{3, 1}, {6, 1}}), true, true).told;
  EXPECT_NE(only<NoteUnclear>(told), nullptr);
  ASSERT_TRUE(told.held);
  EXPECT_EQ(told.held->counter, 12);
}

TEST(NoteBook, FraudAndAStackerTakenOutAreAlarms) {
  NoteBook book = open_book(10);
  for (const std::uint8_t code : {8, 9, 17, 18}) {
    NoteBook fresh = open_book(10);
    const auto told = fresh.take(reading(11, {{0, code}}), true, true).told;
    ASSERT_NE(only<CashReturned>(told), nullptr) << int{code};
    EXPECT_TRUE(only<CashReturned>(told)->alarm) << int{code};
    EXPECT_FALSE(only<CashReturned>(told)->returned) << int{code};
  }
  const auto told = book.take(reading(12, {{0, 11}, {0, 14}}), true, true).told;
  ASSERT_NE(only<CashReturned>(told), nullptr) << "14, full, is a state and no alarm";
  EXPECT_TRUE(only<CashReturned>(told)->alarm);
  EXPECT_FALSE(only<CashReturned>(told)->piece) << "of no donor's note";
  EXPECT_EQ(told.news.size(), 2U);
}

TEST(NoteBook, ANoteRefusedWhileInhibitedLooksEmptyAndIsNoRestart) {
  NoteBook book = open_book(10);
  const auto taken = book.take(reading(11, {{0, 0}, {0, 2}}), true, true);
  EXPECT_EQ(taken.verdict, NoteBook::Verdict::fine);
}

TEST(NoteBook, AfterARestartNothingOfTheReadingIsCredited) {
  NoteBook book = open_book(200);
  const auto zero = book.take(reading(0, {}), true, true);
  EXPECT_EQ(zero.verdict, NoteBook::Verdict::restarted);
  EXPECT_TRUE(zero.told.report->restarted);
  NoteBook past = open_book(250);
  const auto counted = past.take(reading(2, {{6, 0}, {6, 1}}), true, true);
  EXPECT_EQ(counted.verdict, NoteBook::Verdict::restarted) << "what 254 and 255 were is not there";
  EXPECT_EQ(credits(counted.told), 0U);
  NoteBook gone = open_book(10);
  EXPECT_EQ(gone.take(reading(11, {{6, 0}}), false, true).verdict, NoteBook::Verdict::restarted);
}

TEST(NoteBook, EventsThatNobodyCanReadAreLostAndTheHeldNoteIsNoLongerKnown) {
  NoteBook book = open_book(10);
  (void)book.take(reading(11, {{6, 1}}), true, true);
  const auto told =
      book.take(reading(18, {{0, 2}, {0, 2}, {0, 2}, {0, 2}, {0, 2}}), true, true).told;
  EXPECT_EQ(told.report->lost, 2U);
  EXPECT_FALSE(book.held());
}

TEST(NoteBook, AMarkIsNotQuietWhileANoteIsHeld) {
  NoteBook book = open_book(10);
  (void)book.take(reading(11, {{6, 1}}), true, true);
  EXPECT_FALSE(book.become_quiet());
  (void)book.take(reading(12, {{0, 1}, {6, 1}}), true, true);
  EXPECT_TRUE(book.become_quiet());
}

TEST(NoteBook, ARestartedKioskFindsTheNoteThatIsStillHeld) {
  const CounterMark mark{.device = "note", .serial = "7", .counter = 11};
  NoteBook book(kTable, mark, true);
  const auto told = book.reconcile("7", reading(11, {{6, 1}, {3, 0}}), true, true);
  ASSERT_TRUE(told.held);
  EXPECT_EQ(told.held->counter, 11);
  EXPECT_EQ(told.held->amount, yuan(100));
}

TEST(NoteBook, ARestartedKioskLearnsWhatBecameOfTheNote) {
  const CounterMark mark{.device = "note", .serial = "7", .counter = 11};
  NoteBook returned(kTable, mark, true);
  const auto back = returned.reconcile("7", reading(12, {{0, 1}, {6, 1}}), true, true);
  ASSERT_NE(only<CashReturned>(back), nullptr);
  EXPECT_TRUE(only<CashReturned>(back)->from_escrow);
  // Even where the event that held it is no longer in the device's memory.
  NoteBook late(kTable, mark, true);
  const auto other =
      late.reconcile("7", reading(16, {{0, 2}, {0, 2}, {0, 2}, {0, 2}, {0, 1}}), true, true);
  EXPECT_TRUE(std::get<CashReturned>(other.report->events[0]).from_escrow);
  NoteBook jammed(kTable, mark, true);
  const auto jam = jammed.reconcile("7", reading(12, {{0, 16}, {6, 1}}), true, true);
  EXPECT_NE(only<NoteUnclear>(jam), nullptr);
}

TEST(NoteBook, ACounterThatJumpsByFiveForEachNoteIsNotBelieved) {
  NoteBook book = open_book(5);
  (void)book.take(reading(5, {}), true, true);
  const auto taken = book.take(reading(10, {{6, 0}}), true, true);
  EXPECT_EQ(taken.verdict, NoteBook::Verdict::counter_broken);
  EXPECT_EQ(credits(taken.told), 0U);
}

TEST(NoteBook, ACouponIsNoMoneyAndNoLoss) {
  NoteBook book = open_book(10);
  const auto told = book.take(reading(11, {{255, 0}}), true, true).told;
  EXPECT_EQ(credits(told), 0U);
  EXPECT_FALSE(told.report->lost);
  EXPECT_TRUE(only<CashReturned>(told)->alarm);
}

}  // namespace
}  // namespace yijuan::cctalk
