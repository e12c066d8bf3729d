#include "tests/conformance/scanner_conformance.hpp"

#include "tests/support/run_task.hpp"

namespace yijuan::conformance {
namespace {

using namespace std::chrono_literals;
using Texts = std::vector<std::string>;

}  // namespace

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(ScannerConformance);

void ScannerConformance::start() {
  group = std::make_unique<TaskGroup>(context.get_executor(), TaskGroup::OnError{});
  driver = machine->make_driver(
      {.executor = context.get_executor(), .clock = clock, .random = random}, scans, facts);
  group->spawn("scanner", driver->run());
  run_for(1s);
}

void ScannerConformance::TearDown() {
  if (!group) return;
  group->cancel();
  run_for(1s);
}

void ScannerConformance::run_for(std::chrono::nanoseconds duration) {
  for (const Instant end = clock.now() + duration; clock.now() < end;) clock.run_for(100ms);
}

Texts ScannerConformance::texts() {
  run_for(1s);
  Texts found;
  while (scans.size() > 0) {
    auto scan = test::run_task(context, scans.pop());
    EXPECT_TRUE(scan);
    if (scan) found.push_back(scan->text);
  }
  return found;
}

std::string ScannerConformance::state() {
  for (; facts.size() > 0; clock.settle()) {
    auto fact = test::run_task(context, facts.pop());
    const auto* const told = std::get_if<DeviceState>(&*fact);
    if (told == nullptr) continue;
    EXPECT_EQ(told->device, "scanner");
    state_ = told->code;
    if (!state_.empty()) EXPECT_FALSE(told->text.empty()) << "a fault without words";
  }
  return state_;
}

TEST_P(ScannerConformance, AScanIsToldWholeAndOnce) {
  start();
  machine->scan("BOX 7");
  machine->scan("42");
  EXPECT_EQ(texts(), (Texts{"BOX 7", "42"}));
  EXPECT_EQ(texts(), Texts{});
}

TEST_P(ScannerConformance, HalfAScanIsNotToldNorPartOfTheNext) {
  start();
  machine->scan("SECRET", false);
  EXPECT_EQ(texts(), Texts{});
  machine->scan("77");
  EXPECT_EQ(texts(), Texts{"77"});
}

TEST_P(ScannerConformance, AtMost64Characters) {
  start();
  machine->scan(std::string(64, 'A'));
  machine->scan(std::string(65, 'B'));
  machine->scan("C");
  EXPECT_EQ(texts(), (Texts{std::string(64, 'A'), "C"}));
}

TEST_P(ScannerConformance, GarbageIsNoScan) {
  start();
  machine->send_garbage();
  EXPECT_EQ(texts(), Texts{});
  EXPECT_NE(state(), "");
  machine->scan("9");
  EXPECT_EQ(texts(), Texts{"9"});
}

TEST_P(ScannerConformance, ADeviceThatComesLaterIsFound) {
  machine->unplug();
  start();
  run_for(60s);
  EXPECT_NE(state(), "");
  machine->plug();
  run_for(60s);
  EXPECT_EQ(state(), "");
  machine->scan("1");
  EXPECT_EQ(texts(), Texts{"1"});
}

TEST_P(ScannerConformance, ADeviceThatGoesAndComesBackIsToldAndReadAgain) {
  start();
  EXPECT_EQ(state(), "");
  machine->scan("SECRET", false);
  run_for(1s);
  machine->unplug();
  run_for(60s);
  EXPECT_NE(state(), "");
  machine->plug();
  run_for(60s);
  EXPECT_EQ(state(), "");
  machine->scan("77");
  EXPECT_EQ(texts(), Texts{"77"});
}

TEST_P(ScannerConformance, FactsThatNobodyTakesHoldUpNoScan) {
  while (!facts.full()) ASSERT_TRUE(facts.try_push(BoardReadings{}));
  start();
  machine->send_garbage();
  run_for(5s);
  machine->scan("9");
  EXPECT_EQ(texts(), Texts{"9"});
  run_for(60s);
  EXPECT_EQ(state(), "") << "told once there is room";
}

TEST_P(ScannerConformance, AFullQueueDropsScansAndKeepsOrder) {
  start();
  for (const char* text : {"1", "2", "3", "4", "5", "6"}) machine->scan(text);
  EXPECT_EQ(texts(), (Texts{"1", "2", "3", "4"}));
  machine->scan("7");
  EXPECT_EQ(texts(), Texts{"7"});
}

TEST_P(ScannerConformance, ItEndsWhenCancelled) {
  start();
  group->cancel();
  run_for(1s);
  EXPECT_TRUE(group->empty());
}

}  // namespace yijuan::conformance
