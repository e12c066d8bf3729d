#include "io/device_news.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>

#include "async/sim_clock.hpp"
#include "async/task_group.hpp"
#include "tests/support/run_task.hpp"

namespace yijuan {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

class DeviceNewsTest : public testing::Test {
 protected:
  DeviceNewsTest() { group.spawn("news", news.run()); }
  ~DeviceNewsTest() override {
    group.cancel();
    clock.run([this] { return group.empty(); });
  }
  /// What was told, and is taken: "works", or a fault's code.
  std::vector<std::string> told(std::chrono::nanoseconds after = 10s) {
    clock.run_for(after);
    std::vector<std::string> words;
    while (facts.size() > 0) {
      auto fact = test::run_task(context, facts.pop());
      if (const auto* state = std::get_if<DeviceState>(&*fact)) {
        EXPECT_EQ(state->device, "touch");
        words.push_back(state->code.empty() ? "works" : state->code);
      } else {
        words.push_back("found " + std::get<DeviceFound>(*fact).product);
      }
      clock.settle();
    }
    return words;
  }

  asio::io_context context;
  SimClock clock{context};
  DeviceFacts facts{context.get_executor(), 2};
  DeviceNews news{context.get_executor(), clock, "touch", facts};
  TaskGroup group{context.get_executor(), {}};
};

TEST_F(DeviceNewsTest, NothingSaidIsNothingTold) {
  EXPECT_THAT(told(), IsEmpty());
}

TEST_F(DeviceNewsTest, WhatIsSaidAgainIsToldOnce) {
  for (int time = 0; time < 100; ++time) {
    news.fails("offline", "it is not there");
    clock.run_for(1s);
  }
  EXPECT_THAT(told(), ElementsAre("offline"));
  for (int time = 0; time < 100; ++time) {
    news.found({.device = "", .maker = "", .product = "panel", .serial = "", .firmware = ""});
    news.works();
    clock.run_for(1s);
  }
  EXPECT_THAT(told(), ElementsAre("found panel", "works"));
}

TEST_F(DeviceNewsTest, ADeviceThatWorksForAMomentOnlyIsOneFault) {
  for (int time = 0; time < 100; ++time) {
    news.fails("offline", "unplugged");
    clock.run_for(1s);
    news.works();
    clock.run_for(1500ms);
  }
  news.fails("offline", "unplugged");
  EXPECT_THAT(told(), ElementsAre("offline"));
}

TEST_F(DeviceNewsTest, AtTheStartItWorksAtOnce) {
  news.works();
  EXPECT_THAT(told(0s), ElementsAre("works"));
}

TEST_F(DeviceNewsTest, AFaultIsToldAtOnceAndItsEndOnceItLasts) {
  news.works();
  EXPECT_THAT(told(0s), ElementsAre("works"));
  news.fails("offline", "unplugged");
  EXPECT_THAT(told(0s), ElementsAre("offline"));
  news.works();
  EXPECT_THAT(told(1s), IsEmpty());
  EXPECT_THAT(told(2s), ElementsAre("works"));
}

TEST_F(DeviceNewsTest, WhileTheQueueIsFullOnlyTheNewestIsKept) {
  for (int filled = 0; filled < 2; ++filled)
    ASSERT_TRUE(facts.try_push(DeviceState{"touch", "x", ""}));
  news.works();
  clock.run_for(1s);
  for (const char* code : {"offline", "garbage", "offline", "in use"}) {
    news.fails(code, "");
    clock.run_for(10s);
  }
  // One word waits already; of the others the last counts.
  EXPECT_THAT(told(), ElementsAre("x", "x", "works", "in use"));
}

}  // namespace
}  // namespace yijuan
