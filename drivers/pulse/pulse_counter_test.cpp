#include "drivers/pulse/pulse_counter.hpp"

#include <gtest/gtest.h>

#include "drivers/pulse/fake.hpp"

namespace yijuan::pulse {
namespace {

using namespace std::chrono_literals;

class PulseCounterTest : public testing::Test {
 protected:
  void play(const std::vector<pulse_fake::Edge>& edges) {
    for (const auto& edge : edges) counter.edge({edge.on, edge.at});
  }
  void pulse(Instant at, std::chrono::nanoseconds width) {
    counter.edge({true, at});
    counter.edge({false, at + width});
  }
  std::vector<Group> groups(Instant now = 1h, bool on = false) {
    counter.look(on, now);
    std::vector<Group> found;
    while (auto group = counter.take()) found.push_back(*group);
    return found;
  }

  PulseCounter counter{shape_of(50ms, 50ms)};
};

TEST_F(PulseCounterTest, TheShapeFollowsWidthAndGap) {
  const auto shape = shape_of(100ms, 140ms);
  EXPECT_EQ(shape.shortest, 50ms);
  EXPECT_EQ(shape.longest, 200ms);
  EXPECT_EQ(shape.quiet, 600ms);
  EXPECT_EQ(shape_of(20ms, 20ms).quiet, 300ms);
}

TEST_F(PulseCounterTest, PulsesTooShortAreNoiseAndNoGroup) {
  pulse(1s, 3ms);
  pulse(2s, 24ms);
  EXPECT_TRUE(groups().empty());
  EXPECT_EQ(counter.noise(), 1U);  // the first was a glitch
  EXPECT_FALSE(counter.busy());
}

// A coin of ten pulses once counted as nine in silence: a bad contact had split one in two.
TEST_F(PulseCounterTest, APulseThatIsSplitInTwoSpoilsItsGroup) {
  for (const int split : {0, 4, 9}) {
    PulseCounter fresh{shape_of(50ms, 50ms)};
    for (int each = 0; each < 10; ++each) {
      const Instant begin = 1s + each * 100ms;
      fresh.edge({true, begin});
      if (each == split) {
        fresh.edge({false, begin + 22ms});
        fresh.edge({true, begin + 28ms});
      }
      fresh.edge({false, begin + 50ms});
    }
    fresh.look(false, 4s);
    const auto group = fresh.take();
    ASSERT_TRUE(group) << split;
    EXPECT_EQ(group->unclear, "a pulse was too short") << split;
    EXPECT_FALSE(fresh.take());
  }
}

TEST_F(PulseCounterTest, NoiseLongBeforeAGroupLeavesItAlone) {
  pulse(1s, 20ms);
  pulse(2s, 50ms);
  const auto found = groups();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].unclear, "");
}

TEST_F(PulseCounterTest, APulseTooLongSpoilsItsGroup) {
  pulse(1s, 50ms);
  pulse(1100ms, 101ms);
  const auto found = groups();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].pulses, 1);
  EXPECT_EQ(found[0].unclear, "a pulse was too long");
}

TEST_F(PulseCounterTest, ALineThatStaysOnIsStuckUntilItEnds) {
  counter.edge({true, 1s});
  counter.look(true, 1050ms);
  EXPECT_FALSE(counter.stuck());
  EXPECT_EQ(counter.due(), 1101ms);
  counter.look(true, 1101ms);
  EXPECT_TRUE(counter.stuck());
  EXPECT_TRUE(groups(5s, true).empty());
  counter.edge({false, 9s});
  counter.look(false, 9010ms);
  EXPECT_FALSE(counter.stuck());
  const auto found = groups(9400ms);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_FALSE(found[0].unclear.empty());
}

TEST_F(PulseCounterTest, AGroupEndsAfterItsQuietTimeNotBefore) {
  pulse(1s, 50ms);
  counter.look(false, 1060ms);
  EXPECT_EQ(counter.due(), 1350ms);
  EXPECT_TRUE(groups(1349ms).empty());
  const auto found = groups(1350ms);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].pulses, 1);
  EXPECT_TRUE(found[0].unclear.empty());
  EXPECT_EQ(found[0].ended, 1050ms);
}

TEST_F(PulseCounterTest, CoinsThatMergeKeepTheirSum) {
  pulse_fake::FakePulseAcceptor device;
  for (const int fen : {100, 50, 10}) play(device.drop_coin(1s, fen));
  const auto found = groups();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].pulses, 16);
}

TEST_F(PulseCounterTest, GroupsReadLateAreStillTold) {
  pulse_fake::FakePulseAcceptor device;
  play(device.drop_coin(1s, 10));
  play(device.drop_coin(5s, 100));
  const auto found = groups();
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].pulses, 1);
  EXPECT_EQ(found[1].pulses, 10);
}

TEST_F(PulseCounterTest, BouncesAndJitterChangeNothing) {
  for (std::uint32_t seed = 1; seed < 100; ++seed) {
    counter = PulseCounter(shape_of(50ms, 50ms));
    pulse_fake::FakePulseAcceptor device({.jitter_percent = 20, .bounces = true, .seed = seed});
    play(device.drop_coin(1s, 100));
    const auto found = groups();
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].pulses, 10) << seed;
    EXPECT_EQ(found[0].unclear, "") << seed;
  }
}

TEST_F(PulseCounterTest, AGlitchWithinAPulseOrAGapChangesNothing) {
  counter.edge({true, 1000ms});
  counter.edge({false, 1020ms});
  counter.edge({true, 1022ms});
  counter.edge({false, 1050ms});
  pulse(1070ms, 2ms);
  pulse(1100ms, 50ms);
  const auto found = groups();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].pulses, 2);
  EXPECT_EQ(found[0].unclear, "");
}

TEST_F(PulseCounterTest, AnEdgeThatIsMissingSpoilsTheGroup) {
  pulse(1000ms, 50ms);
  counter.edge({true, 1100ms});
  counter.edge({true, 1200ms});  // the end of one and what follows
  counter.edge({false, 1250ms});
  const auto found = groups();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].unclear, "an edge is missing");
}

TEST_F(PulseCounterTest, AnEdgeToTheLevelOfAnIdleLineIsNoise) {
  counter.edge({false, 1s});
  EXPECT_TRUE(groups().empty());
  EXPECT_EQ(counter.noise(), 1U);
}

TEST_F(PulseCounterTest, EdgesThatTheKernelDroppedSpoilTheGroup) {
  counter.lost(900ms);
  pulse(1000ms, 50ms);
  const auto found = groups();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].unclear, "more edges came than could be kept");
}

TEST_F(PulseCounterTest, ALevelWithoutItsEdgeIsDoubtedFirstAndThenTold) {
  counter.look(true, 1000ms);
  EXPECT_TRUE(counter.busy());
  counter.edge({true, 999ms});  // it was on its way
  counter.edge({false, 1049ms});
  EXPECT_EQ(groups(2s).at(0).unclear, "");
  counter.look(true, 3000ms);
  counter.look(true, 3005ms);
  counter.look(true, 3020ms);
  counter.edge({false, 3040ms});
  EXPECT_EQ(groups(4s).at(0).unclear, "an edge is missing");
}

TEST_F(PulseCounterTest, EndlessPulsesAreNoMoney) {
  for (int number = 0; number < 300; ++number) pulse(1s + number * 100ms, 50ms);
  const auto found = groups();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].unclear, "more pulses than coins can make");
}

}  // namespace
}  // namespace yijuan::pulse
