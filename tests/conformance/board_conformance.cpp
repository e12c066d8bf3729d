#include "tests/conformance/board_conformance.hpp"

#include <gmock/gmock.h>

namespace yijuan::conformance {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::SizeIs;

constexpr auto kPatience = 90s;  // within which a change is reported
const BoardReadings kSample{false, 50, 100};
const BoardReadings kNothing{};

Task<void> collect(DeviceFacts& facts, std::vector<DeviceFact>& into) {
  while (true) {
    auto fact = co_await facts.pop();
    if (!fact) co_return fact.error();
    into.push_back(std::move(*fact));
  }
}

}  // namespace

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(BoardConformance);

void BoardConformance::start() {
  group = std::make_unique<TaskGroup>(context.get_executor(), TaskGroup::OnError{});
  driver = machine->make_driver(
      {.executor = context.get_executor(), .clock = clock, .random = random}, facts);
  group->spawn("board", driver->run());
  listen();
  run_for(kPatience);
}

void BoardConformance::listen() {
  reader = std::make_unique<TaskGroup>(context.get_executor(), TaskGroup::OnError{});
  reader->spawn("kiosk", collect(facts, taken));
}

void BoardConformance::stall() {
  reader->cancel();
  clock.settle();
  reader.reset();
}

void BoardConformance::TearDown() {
  for (auto* each : {&group, &reader}) {
    if (*each == nullptr) continue;
    (*each)->cancel();
    run_for(10s);
  }
}

std::vector<BoardReadings> BoardConformance::readings() const {
  std::vector<BoardReadings> all;
  for (const auto& fact : taken) {
    if (const auto* told = std::get_if<BoardReadings>(&fact)) all.push_back(*told);
  }
  return all;
}

std::vector<std::string> BoardConformance::states() const {
  std::vector<std::string> all;
  for (const auto& fact : taken) {
    const auto* told = std::get_if<DeviceState>(&fact);
    if (told == nullptr) continue;
    EXPECT_EQ(told->device, "board");
    if (!told->code.empty()) EXPECT_FALSE(told->text.empty()) << "a fault without words";
    all.push_back(told->code);
  }
  return all;
}

int BoardConformance::founds() const {
  return static_cast<int>(std::ranges::count_if(
      taken, [](const auto& fact) { return std::holds_alternative<DeviceFound>(fact); }));
}

TEST_P(BoardConformance, WhatItHasIsToldOnceAndThenWhatChanges) {
  machine->set(kSample);
  start();
  run_for(1h);
  EXPECT_THAT(readings(), ElementsAre(kSample));
  EXPECT_THAT(states(), ElementsAre(""));
  EXPECT_EQ(founds(), 1);
  machine->set({true, 51, 100});
  run_for(kPatience);
  EXPECT_THAT(readings(), ElementsAre(kSample, BoardReadings{true, 51, 100}));
  EXPECT_THAT(states(), SizeIs(1));
}

TEST_P(BoardConformance, WhatTheMachineHasNotIsEmptyAndNoFault) {
  machine->set(kNothing);
  start();
  EXPECT_THAT(readings(), ElementsAre(kNothing));
  EXPECT_THAT(states(), ElementsAre(""));
}

TEST_P(BoardConformance, EveryPercentageIsOne) {
  machine->set(kSample);
  start();
  for (const int percent : {0, 1, 99, 100}) {
    machine->set({true, percent, 100});
    run_for(kPatience);
    EXPECT_EQ(readings().back().battery_percent, percent);
  }
}

TEST_P(BoardConformance, WhatIsGoneIsAFaultUntilItIsBack) {
  machine->remove();
  start();
  EXPECT_EQ(readings().back().mains, std::nullopt);
  EXPECT_EQ(readings().back().battery_percent, std::nullopt);
  ASSERT_THAT(states(), SizeIs(1));
  EXPECT_NE(states().back(), "");
  machine->set(kSample);
  run_for(kPatience);
  EXPECT_EQ(readings().back(), kSample);
  EXPECT_EQ(states().back(), "");
  machine->remove();
  run_for(1h);
  EXPECT_EQ(readings().back().battery_percent, std::nullopt);
  EXPECT_THAT(states(), SizeIs(3));
  EXPECT_NE(states().back(), "");
}

TEST_P(BoardConformance, NonsenseIsNoValueAndAFaultUntilItEnds) {
  for (const bool impossible : {false, true}) {
    machine->set(kSample);
    if (!driver) start();
    run_for(kPatience);
    if (impossible) {
      machine->send_impossible();
    } else {
      machine->send_garbage();
    }
    run_for(kPatience);
    EXPECT_EQ(readings().back().battery_percent, std::nullopt);
    EXPECT_EQ(readings().back().signal_percent, std::nullopt);
    EXPECT_NE(states().back(), "");
    machine->set(kSample);
    run_for(kPatience);
    EXPECT_EQ(readings().back(), kSample);
    EXPECT_EQ(states().back(), "");
  }
}

TEST_P(BoardConformance, AModemThatSaysNothingHoldsUpNothingAndIsAFault) {
  if (!machine->silence_modem(true)) return;  // has none
  machine->set(kSample);
  start();
  EXPECT_EQ(readings().back(), (BoardReadings{false, 50, std::nullopt}));
  EXPECT_NE(states().back(), "");
  machine->set({true, 60, 100});
  run_for(kPatience);
  EXPECT_EQ(readings().back(), (BoardReadings{true, 60, std::nullopt}));
  machine->silence_modem(false);
  run_for(kPatience);
  EXPECT_EQ(readings().back(), (BoardReadings{true, 60, 100}));
  EXPECT_EQ(states().back(), "");
}

TEST_P(BoardConformance, AfterAFullQueueTheLastIsTold) {
  machine->set(kSample);
  start();
  stall();
  for (int percent = 10; percent < 30; ++percent) {
    machine->set({true, percent, 100});
    run_for(kPatience);
  }
  EXPECT_LE(facts.size(), 3U);
  machine->remove();
  run_for(kPatience);
  listen();
  run_for(3 * kPatience);
  EXPECT_EQ(readings().back().battery_percent, std::nullopt);
  EXPECT_NE(states().back(), "");
}

TEST_P(BoardConformance, ItEndsWhenCancelled) {
  machine->set(kSample);
  (void)machine->silence_modem(true);
  start();
  group->cancel();
  clock.settle();
  EXPECT_TRUE(group->empty());
}

}  // namespace yijuan::conformance
