#include "drivers/contacts/debounce.hpp"

#include <gtest/gtest.h>

#include <random>

#include "drivers/contacts/fake.hpp"

namespace yijuan::contacts {
namespace {

using namespace std::chrono_literals;

TEST(Debounce, NothingIsToldBeforeTheLevelHeld) {
  Debounce debounce(50ms);
  EXPECT_EQ(debounce.due(), std::nullopt);
  EXPECT_EQ(debounce.look(true, 1s), std::nullopt);
  EXPECT_EQ(debounce.due(), 1050ms);
  EXPECT_EQ(debounce.look(true, 1049ms), std::nullopt);
  EXPECT_EQ(debounce.look(true, 1050ms), true);
  EXPECT_EQ(debounce.due(), std::nullopt);
  EXPECT_EQ(debounce.look(true, 9s), std::nullopt);
}

Debounce settled(bool high) {
  Debounce debounce(50ms);
  (void)debounce.look(high, 0ms);
  EXPECT_EQ(debounce.look(high, 50ms), high);
  return debounce;
}

TEST(Debounce, ABounceStartsTheWaitAgain) {
  Debounce debounce = settled(false);
  EXPECT_EQ(debounce.edge({true, 1000ms}), std::nullopt);
  EXPECT_EQ(debounce.edge({false, 1010ms}), std::nullopt);
  EXPECT_EQ(debounce.edge({true, 1020ms}), std::nullopt);
  EXPECT_EQ(debounce.due(), 1070ms);
  EXPECT_EQ(debounce.look(true, 1070ms), true);
}

TEST(Debounce, AKnockIsNotTold) {
  Debounce debounce = settled(false);
  (void)debounce.edge({true, 1000ms});
  EXPECT_EQ(debounce.edge({false, 1049ms}), std::nullopt);
  EXPECT_EQ(debounce.due(), std::nullopt);
  EXPECT_EQ(debounce.look(false, 2s), std::nullopt);
}

TEST(Debounce, ABounceTooShortToBeSeenStartsTheWaitAgain) {
  Debounce debounce = settled(false);
  (void)debounce.edge({true, 1000ms});
  EXPECT_EQ(debounce.edge({true, 1040ms}), std::nullopt);
  EXPECT_EQ(debounce.look(true, 1060ms), std::nullopt);
  EXPECT_EQ(debounce.look(true, 1090ms), true);
}

TEST(Debounce, EdgesReadLateCountAsIfReadAtOnce) {
  Debounce debounce = settled(false);
  EXPECT_EQ(debounce.edge({true, 1000ms}), std::nullopt);
  EXPECT_EQ(debounce.edge({false, 1050ms}), true);  // it was open for long enough
  EXPECT_EQ(debounce.look(false, 5s), false);
}

TEST(Debounce, AnEdgeThatNobodyToldOfIsFoundByLooking) {
  Debounce debounce = settled(false);
  EXPECT_EQ(debounce.look(true, 3s), std::nullopt);
  EXPECT_EQ(debounce.look(true, 3050ms), true);
}

TEST(Debounce, ALineThatWasLostIsNotToldAgainIfNothingChanged) {
  Debounce debounce = settled(true);
  debounce.forget_level();
  (void)debounce.look(true, 60s);
  EXPECT_EQ(debounce.look(true, 61s), std::nullopt);
  debounce.forget_level();
  (void)debounce.look(false, 70s);
  EXPECT_EQ(debounce.look(false, 71s), false);
}

// Opened and shut again and again, every 200 ms; until when.
Instant shake(Debounce& debounce, int changes, int& told) {
  Instant at = 1s;
  for (int change = 0; change < changes; ++change, at += 200ms) {
    told += debounce.edge({change % 2 == 0, at}).has_value() ? 1 : 0;
  }
  return at;
}

TEST(Debounce, ALooseWireIsRestlessAndToldNoMoreUntilItRests) {
  Debounce debounce = settled(false);
  int told = 0;
  const Instant end = shake(debounce, 30'000, told);  // it ends closed
  EXPECT_TRUE(debounce.restless());
  EXPECT_LE(told, static_cast<int>(Debounce::kMostChanges) + 1);
  ASSERT_EQ(debounce.due(), end - 200ms + Debounce::kRest);
  (void)debounce.look(false, *debounce.due());
  EXPECT_FALSE(debounce.restless());
  EXPECT_EQ(debounce.due(), std::nullopt);
  EXPECT_EQ(debounce.edge({true, end + 60s}), std::nullopt);
  EXPECT_EQ(debounce.look(true, end + 60s + 50ms), true);
}

TEST(Debounce, AnOpeningThatLastsIsToldOfARestlessContactToo) {
  Debounce debounce = settled(false);
  int told = 0;
  const Instant end = shake(debounce, 3001, told);
  ASSERT_TRUE(debounce.restless());
  ASSERT_EQ(told % 2, 0) << "the last that was told is: closed";
  EXPECT_EQ(debounce.look(true, end + Debounce::kRest), true);
}

TEST(Debounce, AFewVisitsADayAreNotRestless) {
  Debounce debounce = settled(false);
  for (int visit = 0; visit < 500; ++visit) {
    const Instant at = 1min + visit * 50s;
    (void)debounce.edge({true, at});
    EXPECT_EQ(debounce.look(true, at + 50ms), true);
    (void)debounce.edge({false, at + 10s});
    EXPECT_EQ(debounce.look(false, at + 10s + 50ms), false);
  }
  EXPECT_FALSE(debounce.restless());
}

TEST(Debounce, EveryMoveOfABouncingSwitchIsToldOnce) {
  for (std::uint32_t seed = 1; seed < 200; ++seed) {
    contacts_fake::FakeSwitch door({.bounces = static_cast<int>(seed % 9), .seed = seed});
    Debounce debounce = settled(false);
    std::vector<bool> told;
    const auto note = [&told](std::optional<bool> news) {
      if (news) told.push_back(*news);
    };
    for (int move = 1; move <= 6; ++move) {
      for (const auto& edge : door.move(move * 1s, move % 2 == 1)) {
        note(debounce.edge({edge.high, edge.at}));
      }
      if (seed % 2 == 0) note(debounce.look(door.high(), *debounce.due()));
    }
    note(debounce.look(false, 100s));
    EXPECT_EQ(told, (std::vector<bool>{true, false, true, false, true, false})) << seed;
  }
}

}  // namespace
}  // namespace yijuan::contacts
