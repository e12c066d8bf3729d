#include "async/task_group.hpp"

#include <gtest/gtest.h>

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <stdexcept>

#include "async/errc.hpp"
#include "tests/support/run_task.hpp"

namespace yijuan {
namespace {

using namespace std::chrono_literals;

struct Reported {
  std::string name;
  std::string what;
  friend bool operator==(const Reported&, const Reported&) = default;
};

class TaskGroupTest : public testing::Test {
 protected:
  asio::io_context context;
  SimClock clock{context};
  std::vector<Reported> errors;
  TaskGroup::OnError collect = [this](std::string_view name, const Error& error) {
    errors.push_back({std::string(name), error.message()});
  };
};

Task<void> sleep(Clock& clock, std::chrono::nanoseconds duration) {
  auto slept = co_await clock.sleep_for(duration);
  co_return slept;
}

Task<void> fail_after(Clock& clock, std::chrono::nanoseconds duration) {
  auto slept = co_await clock.sleep_for(duration);
  if (!slept) co_return slept;
  co_return Error(AsyncErrc::timed_out, "the cable");
}

Task<void> mark(bool& done) {
  done = true;
  co_return Result<void>();
}

// Clean-up that takes two more waits of the loop, after the cancellation.
Task<void> clean_up_slowly(Clock& clock, bool& done) {
  auto slept = co_await clock.sleep_for(1h);
  EXPECT_FALSE(slept);
  co_await asio::post(asio::use_awaitable);
  co_await asio::post(asio::use_awaitable);
  done = true;
  co_return slept;
}

Task<void> stop(TaskGroup& group, bool& stopped) {
  co_await group.cancel_and_join();
  stopped = group.empty();
  co_return Result<void>();
}

TEST_F(TaskGroupTest, AChildStartsInALaterTurn) {
  TaskGroup group(context.get_executor(), collect);
  bool done = false;
  group.spawn("child", mark(done));
  EXPECT_FALSE(done);
  EXPECT_EQ(group.names(), std::vector<std::string>{"child"});
  clock.settle();
  EXPECT_TRUE(done);
  EXPECT_TRUE(group.empty());
}

TEST_F(TaskGroupTest, AFailedChildIsReportedByName) {
  TaskGroup group(context.get_executor(), collect);
  group.spawn("coin", fail_after(clock, 1s));
  group.spawn("other", sleep(clock, 2s));
  clock.run();
  EXPECT_EQ(errors, (std::vector<Reported>{{"coin", "no answer in time: the cable"}}));
}

TEST_F(TaskGroupTest, ACancelledChildIsNotAnError) {
  TaskGroup group(context.get_executor(), collect);
  group.spawn("child", sleep(clock, 1h));
  clock.settle();
  group.cancel();
  clock.settle();
  EXPECT_TRUE(group.empty());
  EXPECT_TRUE(errors.empty());
}

TEST_F(TaskGroupTest, CancelAndJoinWaitsForTheCleanUpOfEveryChild) {
  TaskGroup group(context.get_executor(), collect);
  TaskGroup outside(context.get_executor(), collect);
  bool cleaned = false;
  bool stopped = false;
  group.spawn("slow", clean_up_slowly(clock, cleaned));
  group.spawn("fast", sleep(clock, 1h));
  clock.settle();
  outside.spawn("stop", stop(group, stopped));
  clock.settle();
  EXPECT_TRUE(cleaned);
  EXPECT_TRUE(stopped);
}

TEST_F(TaskGroupTest, JoinWaitsEvenIfTheJoinerIsCancelled) {
  TaskGroup group(context.get_executor(), collect);
  TaskGroup outside(context.get_executor(), collect);
  bool cleaned = false;
  bool stopped = false;
  group.spawn("slow", clean_up_slowly(clock, cleaned));
  clock.settle();
  outside.cancel();
  outside.spawn("stop", stop(group, stopped));
  clock.settle();
  EXPECT_TRUE(cleaned);
  EXPECT_TRUE(stopped);
}

TEST_F(TaskGroupTest, AChildSpawnedAfterCancelStartsCancelled) {
  TaskGroup group(context.get_executor(), collect);
  group.cancel();
  group.spawn("late", sleep(clock, 1h));
  clock.settle();
  EXPECT_TRUE(group.empty());
  EXPECT_EQ(clock.now(), 0s);
}

// ledgerd once ended by an exception here: asked to stop while it was starting.
TEST_F(TaskGroupTest, AChildCancelledBeforeTheLoopRunsStartsCancelled) {
  TaskGroup group(context.get_executor(), collect);
  asio::post(context, [&group] { group.cancel(); });
  group.spawn("early", sleep(clock, 1h));
  clock.settle();
  EXPECT_TRUE(group.empty());
  EXPECT_EQ(clock.now(), 0s);
}

TEST_F(TaskGroupTest, AnErrorHandlerMaySpawnTheTaskAgain) {
  int restarts = 0;
  TaskGroup* group = nullptr;
  TaskGroup restarting(context.get_executor(), [&](std::string_view, const Error&) {
    if (++restarts < 3) group->spawn("again", fail_after(clock, 1s));
  });
  group = &restarting;
  restarting.spawn("first", fail_after(clock, 1s));
  clock.run();
  EXPECT_EQ(restarts, 3);
  EXPECT_EQ(clock.now(), 3s);
}

// Library code that reports a cancellation by an exception.
Task<void> throw_when_cancelled(asio::any_io_executor executor) {
  asio::steady_timer timer(executor, asio::steady_timer::time_point::max());
  co_await timer.async_wait(asio::use_awaitable);
  co_return Result<void>();
}

TEST_F(TaskGroupTest, AnAbortedOperationThatThrowsIsACancellation) {
  TaskGroup group(context.get_executor(), collect);
  group.spawn("timer", throw_when_cancelled(context.get_executor()));
  clock.settle();
  group.cancel();
  clock.settle();
  EXPECT_TRUE(group.empty());
  EXPECT_TRUE(errors.empty());
}

Task<void> throw_bug() {
  throw std::logic_error("a bug");
  co_return Result<void>();
}

TEST_F(TaskGroupTest, AnyOtherExceptionAbortsTheProgram) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(
      {
        TaskGroup group(context.get_executor(), collect);
        group.spawn("bug", throw_bug());
        clock.settle();
      },
      "a bug");
}

TEST_F(TaskGroupTest, DestroyingAGroupWithRunningChildrenAborts) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(
      {
        TaskGroup group(context.get_executor(), collect);
        group.spawn("left", sleep(clock, 1h));
        clock.settle();
      },
      "before its tasks ended");
}

}  // namespace
}  // namespace yijuan
