#include "screen/stage.hpp"

#include <gtest/gtest.h>

namespace yijuan::screen {
namespace {

using namespace std::chrono_literals;

constexpr Geometry kSmall{640, 480, 96};

Model idle(std::size_t panels) {
  Model model;
  Idle scene;
  scene.campaign = "示例";
  scene.slogan = "示例";
  scene.payee.reset();
  for (std::size_t i = 0; i < panels; ++i) scene.panels.push_back({"篇", std::to_string(i), "文"});
  model.scene = scene;
  return model;
}

Model counting(Fen amount) {
  Model model;
  model.scene = Counting{tlog::Activity::free, amount, {}, {}};
  return model;
}

// Plays the stage from `from` to `until` as a kiosk does; how many pictures were presented.
int play(Stage& stage, Instant from, Instant until) {
  int pictures = 0;
  for (Instant now = from; now <= until;) {
    if (stage.draw(now)) ++pictures;
    if (!stage.due()) break;
    EXPECT_GT(*stage.due(), now) << "a stage that is due at once never rests";
    now = *stage.due();
  }
  return pictures;
}

TEST(Stage, AStillSceneIsDrawnOnceAndNeverDue) {
  Stage stage(kSmall);
  stage.show(counting(Fen{}), 0s);
  EXPECT_TRUE(stage.draw(0s));
  EXPECT_EQ(stage.due(), std::nullopt);
  EXPECT_FALSE(stage.draw(10s));
}

TEST(Stage, OnePanelStandsStill) {
  Stage stage(kSmall);
  stage.show(idle(1), 0s);
  EXPECT_EQ(play(stage, 0s, 60s), 1);
}

TEST(Stage, PanelsTakeTurnsEveryEightSecondsInAtMostTwelveFrames) {
  Stage stage(kSmall);
  stage.show(idle(3), 0s);
  EXPECT_TRUE(stage.draw(0s));
  ASSERT_TRUE(stage.due());
  EXPECT_EQ(*stage.due(), Instant(8s));
  const int frames = play(stage, 8s, 15s);
  EXPECT_GE(frames, 2);
  EXPECT_LE(frames, 12);
  ASSERT_TRUE(stage.due());
  EXPECT_EQ(*stage.due(), Instant(16s));
}

TEST(Stage, ASumCountsUpWithinThreeTenthsOfASecondAndNeverAboveTheTruth) {
  Stage stage(kSmall);
  stage.show(counting(yuan(1)), 0s);
  play(stage, 0s, 1s);
  stage.show(counting(yuan(51)), 10s);
  const int frames = play(stage, 10s, 11s);
  EXPECT_GE(frames, 3);
  EXPECT_LE(frames, 9);
  EXPECT_EQ(stage.due(), std::nullopt);
  EXPECT_FALSE(stage.draw(12s)) << "the last frame is the whole sum";
}

TEST(Stage, ACoinDuringTheCountUpGoesOnFromWhatIsShown) {
  Stage stage(kSmall);
  stage.show(counting(yuan(10)), 0s);
  EXPECT_TRUE(stage.draw(100ms));
  stage.show(counting(yuan(11)), 150ms);
  EXPECT_TRUE(stage.draw(150ms));
  ASSERT_TRUE(stage.due());
  EXPECT_LE(*stage.due(), Instant(450ms));
}

TEST(Stage, ASmallerSumIsShownAtOnce) {
  Stage stage(kSmall);
  stage.show(counting(yuan(10)), 0s);
  play(stage, 0s, 1s);
  stage.show(counting(yuan(1)), 2s);
  EXPECT_TRUE(stage.draw(2s));
  EXPECT_EQ(stage.due(), std::nullopt);
}

TEST(Stage, ATapMeetsTheSceneThatWasDrawn) {
  Stage stage(kSmall);
  stage.show(counting(Fen{}), 0s);
  EXPECT_EQ(stage.tap({600, 400}), std::nullopt) << "nothing was drawn yet";
  EXPECT_TRUE(stage.draw(0s));
  std::optional<Action> found;
  for (int y = 0; y < 480 && !found; y += 8) found = stage.tap({600, y});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->intent, Intent::leave);
}

}  // namespace
}  // namespace yijuan::screen
