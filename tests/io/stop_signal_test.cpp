#include "io/stop_signal.hpp"

#include <gtest/gtest.h>

#include <boost/asio/post.hpp>
#include <csignal>

#include "tests/support/run_task.hpp"

namespace yijuan {
namespace {

TEST(StopSignalTest, EndsWithTheFirstSignal) {
  for (const int number : {SIGTERM, SIGINT}) {
    asio::io_context context;
    TaskGroup group(context.get_executor(), {});
    group.spawn("stop", stop_signal());
    while (context.poll() > 0) {
    }
    EXPECT_FALSE(group.empty());
    std::raise(number);
    context.run();
    EXPECT_TRUE(group.empty());
  }
}

TEST(StopSignalTest, EndsForADaemonThatStopsForAnotherReason) {
  asio::io_context context;
  TaskGroup group(context.get_executor(), {});
  group.spawn("stop", stop_signal());
  while (context.poll() > 0) {
  }
  group.cancel();
  context.run();
  EXPECT_TRUE(group.empty());
}

// ledgerd once hung here for ever: asked to stop in the moment in which it started.
TEST(StopSignalTest, DoesNotWaitInADaemonThatStopsBeforeItsFirstTurn) {
  asio::io_context context;
  TaskGroup group(context.get_executor(), {});
  asio::post(context, [&] { group.cancel(); });
  group.spawn("stop", stop_signal());
  context.run();
  EXPECT_TRUE(group.empty());
}

}  // namespace
}  // namespace yijuan
