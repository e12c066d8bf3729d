#include "tests/conformance/touch_conformance.hpp"

#include "tests/support/run_task.hpp"

namespace yijuan::conformance {
namespace {

using namespace std::chrono_literals;
using Places = std::vector<Place>;

constexpr auto kPatience = 90s;  // for what has to be noticed, or opened again

}  // namespace

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(TouchConformance);

void TouchConformance::start() {
  group = std::make_unique<TaskGroup>(context.get_executor(), TaskGroup::OnError{});
  driver = machine->make_driver({.executor = context.get_executor(),
                                 .clock = clock,
                                 .random = random,
                                 .display_width = TouchMachine::kWidth,
                                 .display_height = TouchMachine::kHeight},
                                taps, facts);
  group->spawn("touch", driver->run());
  run_for(1s);
}

void TouchConformance::TearDown() {
  if (!group) return;
  group->cancel();
  run_for(1s);
}

// In short steps: panels are read from a file descriptor, which a jump would pass over.
void TouchConformance::run_for(std::chrono::nanoseconds duration) {
  for (const Instant end = clock.now() + duration; clock.now() < end;) clock.run_for(100ms);
}

void TouchConformance::tap(int x, int y) {
  machine->press(x, y);
  machine->lift();
}

Places TouchConformance::places() {
  run_for(1s);
  Places found;
  while (taps.size() > 0) {
    auto tap = test::run_task(context, taps.pop());
    EXPECT_TRUE(tap);
    if (tap) found.emplace_back(tap->x, tap->y);
  }
  return found;
}

std::string TouchConformance::state() {
  for (; facts.size() > 0; clock.settle()) {
    auto fact = test::run_task(context, facts.pop());
    if (std::holds_alternative<DeviceFound>(*fact)) ++founds;
    const auto* const told = std::get_if<DeviceState>(&*fact);
    if (told == nullptr) continue;
    if (told->code != state_) ++states;
    EXPECT_EQ(told->device, "touch");
    state_ = told->code;
    if (!state_.empty()) EXPECT_FALSE(told->text.empty()) << "a fault without words";
  }
  return state_;
}

TEST_P(TouchConformance, ATapIsToldOnceWhereTheFingerIsLifted) {
  start();
  machine->press(10, 20);
  machine->press(640, 400);
  EXPECT_EQ(places(), Places{}) << "before the finger left";
  machine->lift();
  EXPECT_EQ(places(), (Places{{640, 400}}));
  EXPECT_EQ(places(), Places{});
}

TEST_P(TouchConformance, ASecondTapAtTheSamePlaceIsATapToo) {
  start();
  tap(5, 6);
  tap(5, 6);
  EXPECT_EQ(places(), (Places{{5, 6}, {5, 6}}));
}

TEST_P(TouchConformance, TheDisplaysCornersAreReached) {
  start();
  tap(0, 0);
  tap(TouchMachine::kWidth - 1, TouchMachine::kHeight - 1);
  EXPECT_EQ(places(), (Places{{0, 0}, {TouchMachine::kWidth - 1, TouchMachine::kHeight - 1}}));
}

TEST_P(TouchConformance, AFingerBesideTheDisplayIsNoTap) {
  start();
  machine->press_outside();
  machine->lift();
  EXPECT_EQ(places(), Places{});
  tap(1, 2);
  EXPECT_EQ(places(), (Places{{1, 2}}));
}

TEST_P(TouchConformance, ATouchInTwoPiecesIsOneTap) {
  start();
  machine->send_half(7, 8);
  EXPECT_EQ(places(), Places{});
  machine->send_other_half();
  EXPECT_EQ(places(), (Places{{7, 8}}));
}

TEST_P(TouchConformance, ATouchWhoseReportsWereLostIsNoTap) {
  start();
  machine->press(1, 1);
  machine->lose_reports();
  machine->lift();
  EXPECT_EQ(places(), Places{});
  tap(2, 2);
  EXPECT_EQ(places(), (Places{{2, 2}}));
}

TEST_P(TouchConformance, GarbageIsNoTapAndAFaultThatEnds) {
  start();
  machine->press(3, 3);
  machine->send_garbage();
  machine->lift();
  EXPECT_EQ(places(), Places{});
  machine->send_garbage();
  run_for(5s);
  EXPECT_NE(state(), "");
  tap(4, 4);
  EXPECT_EQ(places(), (Places{{4, 4}}));
  run_for(kPatience);
  EXPECT_EQ(state(), "");
}

TEST_P(TouchConformance, APanelThatWorksSaysWhatItIsAndThatOnce) {
  start();
  for (int hour = 0; hour < 3; ++hour) {
    tap(1, 1);
    run_for(60s);
  }
  EXPECT_EQ(state(), "");
  EXPECT_EQ(founds, 1);
  EXPECT_EQ(states, 1);
}

TEST_P(TouchConformance, APanelThatComesLaterIsAFaultUntilThen) {
  machine->unplug();
  start();
  run_for(kPatience);
  EXPECT_NE(state(), "");
  EXPECT_EQ(states, 1);
  machine->plug();
  run_for(kPatience);
  EXPECT_EQ(state(), "");
  tap(9, 9);
  EXPECT_EQ(places(), (Places{{9, 9}}));
}

TEST_P(TouchConformance, APanelThatGoesAndComesBackIsToldAndReadAgain) {
  start();
  EXPECT_EQ(state(), "");
  for (int time = 0; time < 3; ++time) {
    machine->press(1, 1);
    run_for(1s);
    machine->unplug();
    run_for(kPatience);
    EXPECT_NE(state(), "");
    machine->plug();
    run_for(kPatience);
    EXPECT_EQ(state(), "");
    machine->lift();
    EXPECT_EQ(places(), Places{}) << "a finger that was down before the panel went";
    tap(2, 3);
    EXPECT_EQ(places(), (Places{{2, 3}}));
  }
  EXPECT_EQ(states, 7);
}

TEST_P(TouchConformance, AFullQueueDropsTapsAndKeepsOrder) {
  start();
  for (int x = 1; x <= 6; ++x) tap(x, 0);
  EXPECT_EQ(places(), (Places{{1, 0}, {2, 0}, {3, 0}, {4, 0}}));
  tap(7, 0);
  EXPECT_EQ(places(), (Places{{7, 0}}));
}

TEST_P(TouchConformance, AFloodOfMovesIsReadToItsEnd) {
  start();
  for (int move = 0; move < 20'000; ++move) {
    machine->press(move % TouchMachine::kWidth, move % TouchMachine::kHeight);
    if (move % 200 == 0) run_for(100ms);
  }
  machine->lift();
  EXPECT_EQ(places().size(), 1U);
  tap(11, 12);
  EXPECT_EQ(places(), (Places{{11, 12}}));
}

TEST_P(TouchConformance, FactsThatNobodyTakesHoldUpNoFinger) {
  while (!facts.full()) ASSERT_TRUE(facts.try_push(BoardReadings{}));
  start();
  machine->send_garbage();
  run_for(5s);
  tap(1, 2);
  EXPECT_EQ(places(), (Places{{1, 2}}));
  run_for(kPatience);
  EXPECT_EQ(state(), "") << "told once there is room";
  EXPECT_EQ(founds, 1);
}

TEST_P(TouchConformance, ItEndsWhenCancelled) {
  for (const bool there : {true, false}) {
    if (!there) machine->unplug();
    start();
    group->cancel();
    run_for(1s);
    EXPECT_TRUE(group->empty());
  }
}

}  // namespace yijuan::conformance
