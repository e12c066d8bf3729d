#include "async/with_timeout.hpp"

#include <gtest/gtest.h>

#include "async/bounded_queue.hpp"
#include "tests/support/run_task.hpp"

namespace yijuan {
namespace {

using namespace std::chrono_literals;

class WithTimeoutTest : public testing::Test {
 protected:
  asio::io_context context;
  SimClock clock{context};
};

Task<int> answer_after(Clock& clock, std::chrono::nanoseconds duration) {
  auto slept = co_await clock.sleep_for(duration);
  if (!slept) co_return slept.error();
  co_return Result<int>(42);
}

Task<void> fail_after(Clock& clock, std::chrono::nanoseconds duration) {
  auto slept = co_await clock.sleep_for(duration);
  if (!slept) co_return slept.error();
  co_return Error(AsyncErrc::cancelled, "of its own");
}

Task<std::unique_ptr<int>> make_after(Clock& clock, std::chrono::nanoseconds duration) {
  auto slept = co_await clock.sleep_for(duration);
  if (!slept) co_return slept.error();
  co_return std::make_unique<int>(7);
}

TEST_F(WithTimeoutTest, ATaskThatIsQuickGivesItsResult) {
  auto result = test::run_task(context, clock, with_timeout(clock, 1s, answer_after(clock, 10ms)));
  ASSERT_TRUE(result);
  EXPECT_EQ(*result, 42);
  EXPECT_EQ(clock.now(), 10ms);
  EXPECT_EQ(clock.sleepers(), 0U);
}

TEST_F(WithTimeoutTest, ATaskThatIsSlowTimesOut) {
  auto result = test::run_task(context, clock, with_timeout(clock, 1s, answer_after(clock, 1h)));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error(), make_error_code(AsyncErrc::timed_out));
  EXPECT_EQ(clock.now(), 1s);
  EXPECT_EQ(clock.sleepers(), 0U);
}

TEST_F(WithTimeoutTest, AResultThatCannotBeCopiedPassesThrough) {
  auto result = test::run_task(context, clock, with_timeout(clock, 1s, make_after(clock, 1ms)));
  ASSERT_TRUE(result);
  EXPECT_EQ(**result, 7);
}

TEST_F(WithTimeoutTest, AnErrorOfTheTaskItselfPassesThrough) {
  auto result = test::run_task(context, clock, with_timeout(clock, 1s, fail_after(clock, 1ms)));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().detail(), "of its own");
}

TEST_F(WithTimeoutTest, ATieAtTheDeadlineNeverHangsAndNeverLosesAnItem) {
  BoundedQueue<int> queue(context.get_executor(), 1);
  TaskGroup group(context.get_executor(), {});
  struct Late {
    static Task<void> push(Clock& clock, BoundedQueue<int>& queue) {
      auto slept = co_await clock.sleep_for(1s);
      EXPECT_TRUE(slept);
      EXPECT_TRUE(queue.try_push(5));
      co_return Result<void>();
    }
  };
  group.spawn("late", Late::push(clock, queue));
  auto result = test::run_task(context, clock, with_timeout(clock, 1s, queue.pop()));
  EXPECT_EQ((result ? 1U : 0U) + queue.size(), 1U);
}

Task<void> note_result(Task<int> task, std::optional<Result<int>>& into) {
  auto result = co_await std::move(task);
  into.emplace(std::move(result));
  co_return Result<void>();
}

TEST_F(WithTimeoutTest, TheCallersCancellationReachesTheTask) {
  std::optional<Result<int>> result;
  TaskGroup group(context.get_executor(), {});
  group.spawn("caller", note_result(with_timeout(clock, 1h, answer_after(clock, 30min)), result));
  clock.run_for(1s);
  group.cancel();
  clock.settle();
  ASSERT_TRUE(result);
  ASSERT_FALSE(*result);
  EXPECT_EQ(result->error(), make_error_code(AsyncErrc::cancelled));
  EXPECT_EQ(clock.now(), 1s);
  EXPECT_EQ(clock.sleepers(), 0U);
}

TEST_F(WithTimeoutTest, NothingStartsForACancelledCaller) {
  std::optional<Result<int>> result;
  TaskGroup group(context.get_executor(), {});
  group.cancel();
  group.spawn("caller", note_result(with_timeout(clock, 1h, answer_after(clock, 0s)), result));
  clock.settle();
  ASSERT_TRUE(result);
  EXPECT_FALSE(*result);
}

Task<void> poll_then_clean_up(Clock& clock, std::chrono::nanoseconds clean_up, Result<int>& end) {
  auto polled = co_await clock.sleep_for(1h);
  EXPECT_FALSE(polled);
  auto cleaned = co_await shield(clock, 2s, answer_after(clock, clean_up));
  end = std::move(cleaned);
  co_return polled;
}

TEST_F(WithTimeoutTest, AShieldedTaskFinishesAlthoughItsCallerIsCancelled) {
  Result<int> end = AsyncErrc::cancelled;
  TaskGroup group(context.get_executor(), {});
  group.spawn("device", poll_then_clean_up(clock, 1s, end));
  clock.settle();
  group.cancel();
  clock.run();
  ASSERT_TRUE(end);
  EXPECT_EQ(*end, 42);
  EXPECT_EQ(clock.now(), 1s);
}

TEST_F(WithTimeoutTest, AShieldedTaskHasItsOwnDeadline) {
  Result<int> end = AsyncErrc::cancelled;
  TaskGroup group(context.get_executor(), {});
  group.spawn("device", poll_then_clean_up(clock, 1h, end));
  clock.settle();
  group.cancel();
  clock.run();
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error(), make_error_code(AsyncErrc::timed_out));
  EXPECT_EQ(clock.now(), 2s);
}

TEST_F(WithTimeoutTest, ACancellationDuringTheShieldDoesNotCutIt) {
  std::optional<Result<int>> result;
  TaskGroup group(context.get_executor(), {});
  group.spawn("caller", note_result(shield(clock, 1h, answer_after(clock, 30min)), result));
  clock.run_for(1s);
  group.cancel();
  clock.run();
  ASSERT_TRUE(result);
  ASSERT_TRUE(*result);
  EXPECT_EQ(clock.now(), 30min);
}

}  // namespace
}  // namespace yijuan
