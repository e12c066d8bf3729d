#include <gtest/gtest.h>

#include "async/errc.hpp"
#include "async/with_timeout.hpp"
#include "io/real_clock.hpp"
#include "io/system_random.hpp"
#include "io/system_wall_clock.hpp"
#include "tests/support/run_task.hpp"

namespace yijuan {
namespace {

using namespace std::chrono_literals;

TEST(RealClockTest, ASleepEndsAtItsDeadlineOrAfter) {
  asio::io_context context;
  RealClock clock;
  const Instant deadline = clock.now() + 20ms;
  EXPECT_TRUE(test::run_task(context, clock.sleep_until(deadline)));
  EXPECT_GE(clock.now(), deadline);
  EXPECT_TRUE(test::run_task(context, clock.sleep_until(0s)));
}

TEST(RealClockTest, ASleepCanBeCut) {
  asio::io_context context;
  RealClock clock;
  auto slept = test::run_task(context, with_timeout(clock, 1ms, clock.sleep_for(1h)));
  ASSERT_FALSE(slept);
  EXPECT_EQ(slept.error(), make_error_code(AsyncErrc::timed_out));
}

TEST(SystemWallClockTest, NamesThisBootAndItsTime) {
  const SystemWallClock clock;
  EXPECT_EQ(clock.boot_id().size(), 16U);
  EXPECT_EQ(clock.boot_id().find_first_not_of("0123456789abcdef"), std::string::npos);
  EXPECT_GT(clock.uptime(), 0ms);
  const WallReading reading = clock.now();
  EXPECT_NE(reading.quality, ClockQuality::ledger);
  EXPECT_EQ(reading.quality == ClockQuality::unset, reading.time < SystemWallClock::build_epoch());
}

TEST(SystemWallClockTest, TimeFromTheLedgerRunsOnWithTheMachine) {
  SystemWallClock clock;
  const WallTime told = SystemWallClock::build_epoch() + std::chrono::hours(1000);
  clock.attest(told, clock.uptime() - 5s);
  const WallReading reading = clock.now();
  EXPECT_EQ(reading.quality, ClockQuality::ledger);
  EXPECT_GE(reading.time, told + 5s);
  EXPECT_LT(reading.time, told + 10min);
}

TEST(SystemRandomTest, FillsEveryByteSoonerOrLater) {
  SystemRandom random;
  Bytes seen(5000, 0);
  for (int i = 0; i < 8; ++i) {
    Bytes bytes(seen.size());
    random.fill(bytes);
    for (std::size_t at = 0; at < seen.size(); ++at) seen[at] |= bytes[at];
  }
  EXPECT_EQ(std::count(seen.begin(), seen.end(), 0), 0);
  for (int i = 0; i < 100; ++i) EXPECT_LT(random.below(7), 7U);
}

}  // namespace
}  // namespace yijuan
