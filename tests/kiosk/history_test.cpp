#include "kiosk/history.hpp"

#include <gtest/gtest.h>

#include "kiosk/clock_watch.hpp"
#include "kiosk/latency.hpp"

namespace yijuan::kiosk {
namespace {

using namespace std::chrono_literals;

const WallReading kStored{WallTime(1000s), ClockQuality::stored};
const WallReading kNtp{WallTime(2000s), ClockQuality::ntp};
const tlog::Terms kTerms{tlog::Activity::free, "general", "unit-1"};

tlog::Cash cash(std::int64_t fen, std::uint64_t session) {
  return {"coin", "1", 1, Fen(fen), session, kTerms};
}

History sample() {
  History history;
  history.add(0, kStored, tlog::Epoch{});
  history.add(1, kNtp, cash(100, 1));
  tlog::Gift gift;
  gift.terms = kTerms;
  gift.amount = Fen(100);
  gift.slip = 1;
  gift.cash = {1};
  history.add(2, kStored, gift);
  history.add(3, kStored, cash(50, 3));
  history.add(4, kStored, tlog::Pack{"campaign", 7, Hash{9}});
  history.add(5, kStored, tlog::Gap{"coin", "1", 5, 4, "overrun"});
  history.add(6, kStored, tlog::Intent{"note", "N-1", 3, Fen(10'000)});
  history.add(7, kStored, tlog::Disputed{"note", "N-1", 4, Fen(10'000), 6, "jam"});
  history.add(8, kStored, tlog::Intent{"note", "N-1", 5, Fen(500)});
  history.add(9, kStored, tlog::Door{"door", "opened", ""});
  history.add(10, kStored, tlog::Door{"lock", "unlocked", "boxctl uid 1000"});
  history.health.recall(tlog::Fault{"coin", "offline", "no answer"});
  return history;
}

TEST(HistoryTest, ASnapshotHoldsAllThatAFoldWouldFind) {
  const History history = sample();
  const auto again = History::from_snapshot(history.to_snapshot(), history.size);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->size, 11U);
  EXPECT_EQ(again->books.cash_count, 2U);
  EXPECT_EQ(again->books.cash_total, Fen(150));
  EXPECT_EQ(again->books.gift_count, 1U);
  EXPECT_EQ(again->books.last_slip, 1U);
  EXPECT_EQ(again->books.lost, 4U);
  ASSERT_EQ(again->books.open().size(), 1U);
  EXPECT_EQ(again->books.open().at(3).session, 3U);
  EXPECT_EQ(again->books.open().at(3).terms, kTerms);
  EXPECT_EQ(again->pack, history.pack);
  EXPECT_EQ(again->last_trusted, kNtp.time);
  EXPECT_EQ(again->unsynced.count(), 2U);
  EXPECT_EQ(again->unsynced.sum(), Fen(150));
  ASSERT_NE(again->health.fault("coin"), nullptr);
  EXPECT_EQ(again->health.fault("coin")->code, "offline");
  EXPECT_EQ(again->books.disputed_count, 1U);
  EXPECT_EQ(again->books.disputed_total, Fen(10'000));
  EXPECT_EQ(again->books.tampers, 1U);
  ASSERT_EQ(again->books.pending().size(), 1U);
  EXPECT_EQ(again->books.pending().at("note").seq, 8U);
  EXPECT_EQ(again->books.pending().at("note").intent, (tlog::Intent{"note", "N-1", 5, Fen(500)}));
  EXPECT_EQ(again->door.entries().at("door"), (tlog::Door{"door", "opened", "boxctl uid 1000"}));
  EXPECT_EQ(again->to_snapshot(), history.to_snapshot());
}

TEST(HistoryTest, ABrokenSnapshotIsNone) {
  const std::string good = sample().to_snapshot();
  for (std::size_t cut = 0; cut < good.size(); cut += 7) {
    EXPECT_FALSE(History::from_snapshot(good.substr(0, cut), 6)) << cut;
  }
  for (const char* text : {"{}", "[]", "null", R"({"version":2})", R"({"version":"1"})"}) {
    EXPECT_FALSE(History::from_snapshot(text, 6)) << text;
  }
}

TEST(UnsyncedCashTest, CountsWhatWasNotCosigned) {
  UnsyncedCash cash;
  for (Seq seq = 10; seq < 30; seq += 2) cash.add(seq, Fen(100));
  cash.add(31, Fen(50));
  cash.add(40, Fen(10));
  EXPECT_EQ(cash.count(), 12U);
  EXPECT_EQ(cash.sum(), Fen(1060));
  cash.cosigned(10);
  EXPECT_EQ(cash.count(), 12U);
  cash.cosigned(15);  // 10, 12, 14
  EXPECT_EQ(cash.count(), 9U);
  EXPECT_EQ(cash.sum(), Fen(760));
  cash.cosigned(5);  // never back
  EXPECT_EQ(cash.count(), 9U);
  cash.cosigned(32);
  EXPECT_EQ(cash.count(), 1U);
  EXPECT_EQ(cash.sum(), Fen(10));
  cash.cosigned(1000);
  EXPECT_EQ(cash.count(), 0U);
  EXPECT_EQ(cash.sum(), Fen(0));
}

TEST(UnsyncedCashTest, MonthsOfCoinsStayAShortText) {
  UnsyncedCash cash;
  for (Seq seq = 0; seq < 100'000; seq += 2) cash.add(seq, Fen(100));
  EXPECT_LT(cash.to_text().size(), 100U);
  UnsyncedCash again;
  ASSERT_TRUE(again.from_text(cash.to_text()));
  EXPECT_EQ(again.count(), 50'000U);
  EXPECT_EQ(again.sum(), yuan(50'000));
  for (const char* bad : {"1", "1:2:3", "1:2:3:4", "1:0:3:4;", "1:1:0:4;", "x:1:1:1;"}) {
    UnsyncedCash broken;
    EXPECT_FALSE(broken.from_text(bad)) << bad;
  }
}

TEST(LatencyTest, PercentilesAreWithinTheirResolution) {
  Latency latency;
  EXPECT_EQ(latency.percentile(50), 0us);
  for (int i = 1; i <= 1000; ++i) latency.add(std::chrono::microseconds(i * 10));
  EXPECT_NEAR(static_cast<double>(latency.percentile(50).count()), 5000, 5000 * 0.07);
  EXPECT_NEAR(static_cast<double>(latency.percentile(99).count()), 9900, 9900 * 0.07);
  latency.add(-1s);
  latency.add(24h * 365);
  EXPECT_EQ(latency.count(), 1002U);
}

TEST(ClockWatchTest, SmallDriftIsNoStep) {
  ClockWatch watch;
  EXPECT_FALSE(watch.look({WallTime(100s), ClockQuality::ntp}, 10s));
  EXPECT_FALSE(watch.look({WallTime(161s), ClockQuality::ntp}, 70s));
  const auto back = watch.look({WallTime(100s), ClockQuality::ntp}, 80s);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->from, WallTime(171s));
  EXPECT_EQ(back->to, WallTime(100s));
  EXPECT_TRUE(watch.look({WallTime(101s), ClockQuality::ledger}, 81s));
}

}  // namespace
}  // namespace yijuan::kiosk
