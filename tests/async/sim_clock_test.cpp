#include "async/sim_clock.hpp"

#include <gtest/gtest.h>

#include "async/errc.hpp"
#include "tests/support/run_task.hpp"

namespace yijuan {
namespace {

using namespace std::chrono_literals;

class SimClockTest : public testing::Test {
 protected:
  asio::io_context context;
  SimClock clock{context};
  std::vector<std::string> order;
};

Task<void> sleep_and_note(SimClock& clock, std::chrono::nanoseconds duration, std::string name,
                          std::vector<std::string>& order) {
  auto slept = co_await clock.sleep_for(duration);
  order.push_back(slept ? name : name + " cancelled");
  co_return Result<void>();
}

Task<void> tick(SimClock& clock, int times, std::vector<Instant>& ticks) {
  for (int i = 0; i < times; ++i) {
    auto slept = co_await clock.sleep_for(10ms);
    if (!slept) co_return slept;
    ticks.push_back(clock.now());
  }
  co_return Result<void>();
}

TEST_F(SimClockTest, SleepersWakeByDeadlineThenByArrival) {
  TaskGroup group(context.get_executor(), {});
  group.spawn("c", sleep_and_note(clock, 20ms, "c", order));
  group.spawn("a", sleep_and_note(clock, 10ms, "a", order));
  group.spawn("b", sleep_and_note(clock, 10ms, "b", order));
  clock.run();
  EXPECT_EQ(order, (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(clock.now(), 20ms);
}

TEST_F(SimClockTest, AYearCostsNoTime) {
  TaskGroup group(context.get_executor(), {});
  group.spawn("long", sleep_and_note(clock, 24h * 365, "year", order));
  clock.run();
  EXPECT_EQ(clock.now(), 24h * 365);
}

TEST_F(SimClockTest, RunUntilStopsBetweenDeadlines) {
  TaskGroup group(context.get_executor(), {});
  std::vector<Instant> ticks;
  group.spawn("ticks", tick(clock, 100, ticks));
  clock.run_until(35ms);
  EXPECT_EQ(ticks, (std::vector<Instant>{10ms, 20ms, 30ms}));
  EXPECT_EQ(clock.now(), 35ms);
  clock.run_for(5ms);
  EXPECT_EQ(ticks.size(), 4U);
  group.cancel();
  clock.settle();
}

TEST_F(SimClockTest, ACancelledSleeperIsForgotten) {
  {
    TaskGroup group(context.get_executor(), {});
    group.spawn("sleeper", sleep_and_note(clock, 10ms, "sleeper", order));
    clock.settle();
    EXPECT_EQ(clock.sleepers(), 1U);
    group.cancel();
    clock.settle();
  }
  EXPECT_EQ(order, std::vector<std::string>{"sleeper cancelled"});
  EXPECT_EQ(clock.sleepers(), 0U);
  clock.run();
  EXPECT_EQ(clock.now(), 0ms);
}

TEST_F(SimClockTest, APastDeadlineDoesNotWait) {
  TaskGroup group(context.get_executor(), {});
  group.spawn("past", sleep_and_note(clock, -5ms, "past", order));
  clock.settle();
  EXPECT_EQ(order, std::vector<std::string>{"past"});
}

TEST_F(SimClockTest, ASleepBegunAfterACancellationEndsAtOnce) {
  TaskGroup group(context.get_executor(), {});
  group.cancel();
  group.spawn("late", sleep_and_note(clock, 10ms, "late", order));
  clock.settle();
  EXPECT_EQ(order, std::vector<std::string>{"late cancelled"});
}

}  // namespace
}  // namespace yijuan
