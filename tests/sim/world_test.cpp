// A simulated day can be lived again to the byte; and what it finds wrong says how.
#include <gtest/gtest.h>

#include "base/log.hpp"
#include "world.hpp"

namespace yijuan::sim {
namespace {

class WorldTest : public testing::Test {
 protected:
  WorldTest() { set_log_level(LogLevel{static_cast<int>(LogLevel::error) + 1}); }
};

TEST_F(WorldTest, OneSeedIsOneDay) {
  for (const std::uint64_t seed : {1, 8, 12}) {
    const DayResult one = World({.seed = seed}).live();
    const DayResult other = World({.seed = seed}).live();
    EXPECT_EQ(one.digest, other.digest) << seed;
    EXPECT_EQ(one.figures.faults, other.figures.faults) << seed;
    EXPECT_EQ(one.figures.counts, other.figures.counts) << seed;
    EXPECT_TRUE(one.wrong.empty()) << one.wrong.front();
  }
}

TEST_F(WorldTest, AnotherSeedIsAnotherDay) {
  EXPECT_NE(World({.seed = 1}).live().digest, World({.seed = 2}).live().digest);
}

TEST_F(WorldTest, AFailureIsLivedAgainByItsSeed) {
  Sabotage no_sync;
  no_sync.box_disk = [](const test::DiskCall& call) {
    return call.operation == test::DiskOperation::sync ? test::DiskFault::drop
                                                       : test::DiskFault::none;
  };
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    const DayResult one = World({.seed = seed, .sabotage = no_sync}).live();
    if (one.wrong.empty()) continue;
    const DayResult other = World({.seed = seed, .sabotage = no_sync}).live();
    EXPECT_EQ(one.wrong, other.wrong);
    EXPECT_EQ(one.digest, other.digest);
    EXPECT_EQ(replay_command(seed),
              "build/release/bin/simulate --seed " + std::to_string(seed) + " --verbose");
    return;
  }
  ADD_FAILURE() << "nothing failed";
}

}  // namespace
}  // namespace yijuan::sim
