#include "drivers/evdev/touch_decoder.hpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace yijuan {
// For comparisons in tests.
static bool operator==(const Tap& a, const Tap& b) {
  return a.x == b.x && a.y == b.y;
}
}  // namespace yijuan

namespace yijuan::evdev {
namespace {

struct Step {
  int type, code, value;
};

std::vector<Tap> taps(TouchDecoder& decoder, const std::vector<Step>& steps) {
  std::vector<Tap> found;
  for (const auto& step : steps) {
    input_event event{};
    event.type = static_cast<std::uint16_t>(step.type);
    event.code = static_cast<std::uint16_t>(step.code);
    event.value = step.value;
    if (const auto tap = decoder.feed(event)) found.push_back(*tap);
  }
  return found;
}

const std::vector<Step> kPress = {
    {EV_ABS, ABS_X, 100}, {EV_ABS, ABS_Y, 200}, {EV_KEY, BTN_TOUCH, 1}, {EV_SYN, SYN_REPORT, 0}};
const std::vector<Step> kLift = {{EV_KEY, BTN_TOUCH, 0}, {EV_SYN, SYN_REPORT, 0}};

TEST(TouchDecoder, AFingerThatStaysIsNoTap) {
  TouchDecoder decoder({});
  EXPECT_TRUE(taps(decoder, kPress).empty());
}

TEST(TouchDecoder, ATapIsReportedOnceWhenTheFingerLifts) {
  TouchDecoder decoder({});
  taps(decoder, kPress);
  EXPECT_EQ(taps(decoder, kLift), (std::vector<Tap>{{100, 200}}));
  EXPECT_TRUE(taps(decoder, kLift).empty());
}

TEST(TouchDecoder, ALiftWithoutAPlaceIsNoTap) {
  TouchDecoder decoder({});
  EXPECT_TRUE(taps(decoder, {{EV_KEY, BTN_TOUCH, 1}, {EV_SYN, SYN_REPORT, 0}}).empty());
  EXPECT_TRUE(taps(decoder, kLift).empty());
}

// The kernel leaves out an axis that stands where it stood: found with a panel on a real kernel.
TEST(TouchDecoder, ASecondTapAtTheSamePlaceIsATapToo) {
  TouchDecoder decoder({});
  taps(decoder, kPress);
  taps(decoder, kLift);
  taps(decoder, {{EV_KEY, BTN_TOUCH, 1}, {EV_SYN, SYN_REPORT, 0}});
  EXPECT_EQ(taps(decoder, kLift), (std::vector<Tap>{{100, 200}}));
  taps(decoder, {{EV_ABS, ABS_X, 300}, {EV_KEY, BTN_TOUCH, 1}, {EV_SYN, SYN_REPORT, 0}});
  EXPECT_EQ(taps(decoder, kLift), (std::vector<Tap>{{300, 200}}));
}

TEST(TouchDecoder, AFirstTapWhereTheAxesStoodAtTheStartIsATap) {
  TouchDecoder decoder({});
  decoder.begin_at(100, 200);
  taps(decoder, {{EV_KEY, BTN_TOUCH, 1}, {EV_SYN, SYN_REPORT, 0}});
  EXPECT_EQ(taps(decoder, kLift), (std::vector<Tap>{{100, 200}}));
}

TEST(TouchDecoder, AValueOutOfRangeIsNotThePlaceBeforeIt) {
  TouchDecoder decoder({});
  taps(decoder, kPress);
  taps(decoder, kLift);
  taps(decoder, {{EV_ABS, ABS_X, -1}, {EV_KEY, BTN_TOUCH, 1}, {EV_SYN, SYN_REPORT, 0}});
  EXPECT_TRUE(taps(decoder, kLift).empty());
}

TEST(TouchDecoder, ValuesOutOfRangeAreDropped) {
  TouchDecoder decoder({});
  taps(decoder, {{EV_ABS, ABS_X, 99'999},
                 {EV_ABS, ABS_Y, -1},
                 {EV_KEY, BTN_TOUCH, 1},
                 {EV_SYN, SYN_REPORT, 0}});
  EXPECT_TRUE(taps(decoder, kLift).empty());
}

TEST(TouchDecoder, AReportThatTheKernelLostEndsTheTouch) {
  TouchDecoder decoder({});
  taps(decoder, kPress);
  EXPECT_TRUE(taps(decoder, {{EV_SYN, SYN_DROPPED, 0}}).empty());
  EXPECT_TRUE(taps(decoder, kLift).empty());
  taps(decoder, kPress);
  EXPECT_EQ(taps(decoder, kLift).size(), 1U);
}

TEST(TouchDecoder, ThePlaceIsWhereTheFingerWasLifted) {
  TouchDecoder decoder({});
  taps(decoder, kPress);
  taps(decoder, {{EV_ABS, ABS_X, 300}, {EV_SYN, SYN_REPORT, 0}});
  EXPECT_EQ(taps(decoder, kLift), (std::vector<Tap>{{300, 200}}));
}

TEST(TouchDecoder, OnlyTheFirstFingerCounts) {
  TouchDecoder decoder({});
  taps(decoder, {{EV_ABS, ABS_MT_SLOT, 0},
                 {EV_ABS, ABS_MT_TRACKING_ID, 7},
                 {EV_ABS, ABS_MT_POSITION_X, 10},
                 {EV_ABS, ABS_MT_POSITION_Y, 20},
                 {EV_ABS, ABS_MT_SLOT, 1},
                 {EV_ABS, ABS_MT_TRACKING_ID, 8},
                 {EV_ABS, ABS_MT_POSITION_X, 900},
                 {EV_ABS, ABS_MT_POSITION_Y, 700},
                 {EV_SYN, SYN_REPORT, 0}});
  EXPECT_TRUE(taps(decoder, {{EV_ABS, ABS_MT_TRACKING_ID, -1}, {EV_SYN, SYN_REPORT, 0}}).empty());
  EXPECT_EQ(
      taps(decoder,
           {{EV_ABS, ABS_MT_SLOT, 0}, {EV_ABS, ABS_MT_TRACKING_ID, -1}, {EV_SYN, SYN_REPORT, 0}}),
      (std::vector<Tap>{{10, 20}}));
}

TEST(TouchDecoder, ThePanelsRangeIsMappedToPixels) {
  TouchDecoder decoder(Mapping{.width = 1000, .height = 500, .x = {-100, 99}, .y = {0, 4095}});
  taps(decoder,
       {{EV_ABS, ABS_X, 99}, {EV_ABS, ABS_Y, 0}, {EV_KEY, BTN_TOUCH, 1}, {EV_SYN, SYN_REPORT, 0}});
  EXPECT_EQ(taps(decoder, kLift), (std::vector<Tap>{{995, 0}}));
}

TEST(TouchDecoder, ATurnedPanelIsTurnedBack) {
  TouchDecoder decoder(Mapping{.width = 800,
                               .height = 1280,
                               .x = {0, 1279},
                               .y = {0, 799},
                               .swap_axes = true,
                               .flip_y = true});
  taps(
      decoder,
      {{EV_ABS, ABS_X, 1279}, {EV_ABS, ABS_Y, 5}, {EV_KEY, BTN_TOUCH, 1}, {EV_SYN, SYN_REPORT, 0}});
  EXPECT_EQ(taps(decoder, kLift), (std::vector<Tap>{{5, 0}}));
}

TEST(TouchDecoder, WhateverComesTapsStayOnTheDisplay) {
  std::mt19937 random(7);
  TouchDecoder decoder(Mapping{.width = 1280, .height = 800, .x = {-5, 70'000}, .y = {0, 3}});
  for (int i = 0; i < 200'000; ++i) {
    input_event event{};
    event.type = static_cast<std::uint16_t>(random() % 4);
    event.code = static_cast<std::uint16_t>(random() % 8 == 0 ? BTN_TOUCH : random() % 64);
    event.value = static_cast<int>(random() % 3 == 0 ? random() : random() % 4);
    const auto tap = decoder.feed(event);
    if (!tap) continue;
    ASSERT_TRUE(tap->x >= 0 && tap->x < 1280 && tap->y >= 0 && tap->y < 800);
  }
}

}  // namespace
}  // namespace yijuan::evdev
