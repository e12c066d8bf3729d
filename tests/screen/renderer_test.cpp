#include "screen/renderer.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "samples/samples.hpp"

namespace yijuan::screen {
namespace {

constexpr Geometry kLandscape{1280, 800, 149};

std::vector<std::uint32_t> pixels(const Renderer& renderer) {
  const auto frame = renderer.frame();
  return {frame.pixels.begin(), frame.pixels.end()};
}

Scene counting(Renderer& renderer, Fen amount) {
  Model model;
  model.scene = Counting{tlog::Activity::free, amount, {}, "统筹使用"};
  return compose(model, renderer.geometry(), renderer.typesetter());
}

TEST(Renderer, TheSameSceneAgainChangesNothing) {
  Renderer renderer(kLandscape);
  EXPECT_EQ(renderer.draw(counting(renderer, yuan(1))), (Rect{0, 0, 1280, 800}));
  EXPECT_EQ(renderer.draw(counting(renderer, yuan(1))), (Rect{}));
}

TEST(Renderer, ANewSumRedrawsItsLineOnly) {
  Renderer renderer(kLandscape);
  renderer.draw(counting(renderer, yuan(12)));
  const auto changed = renderer.draw(counting(renderer, yuan(13)));
  EXPECT_GT(changed.width, 0);
  EXPECT_LT(changed.height, 800 / 3);
  EXPECT_LT(changed.width, 1280 * 2 / 3);
}

// What is redrawn in part must not differ from what is drawn at once, whatever came before.
TEST(Renderer, PartsDrawnAgainEqualTheWhole) {
  Renderer parts(kLandscape);
  for (const auto& sample : samples(Language::zh_cn)) {
    const auto scene = compose(sample.model, kLandscape, parts.typesetter());
    parts.draw(scene);
    Renderer whole(kLandscape);
    whole.draw(compose(sample.model, kLandscape, whole.typesetter()));
    const auto a = pixels(parts);
    const auto b = pixels(whole);
    EXPECT_TRUE(std::ranges::equal(a, b)) << sample.name;
  }
}

TEST(Renderer, EveryPixelIsOpaque) {
  Renderer renderer(kLandscape);
  renderer.draw(counting(renderer, yuan(1)));
  EXPECT_TRUE(std::ranges::all_of(renderer.frame().pixels,
                                  [](std::uint32_t pixel) { return pixel >> 24 == 0xFF; }));
}

TEST(Renderer, AFadeBeginsWithTheOldPixelsAndEndsWithTheNew) {
  Renderer renderer(kLandscape);
  auto all = samples(Language::zh_cn);
  const auto& model = all.front().model;
  renderer.draw(compose(model, kLandscape, renderer.typesetter()));
  const auto before = pixels(renderer);
  const auto next = compose(model, kLandscape, renderer.typesetter(), {.panel = 1, .sum = {}});
  renderer.begin_fade(next, next.panel);
  EXPECT_EQ(pixels(renderer), before);
  renderer.fade(128);
  EXPECT_NE(pixels(renderer), before);
  renderer.fade(256);
  Renderer whole(kLandscape);
  whole.draw(compose(model, kLandscape, whole.typesetter(), {.panel = 1, .sum = {}}));
  EXPECT_EQ(pixels(renderer), pixels(whole));
}

TEST(Renderer, ASceneDrawnInTheMiddleOfAFadeIsWhole) {
  Renderer renderer(kLandscape);
  const auto model = samples(Language::zh_cn).front().model;
  renderer.draw(compose(model, kLandscape, renderer.typesetter()));
  const auto next = compose(model, kLandscape, renderer.typesetter(), {.panel = 1, .sum = {}});
  renderer.begin_fade(next, next.panel);
  renderer.fade(100);
  renderer.draw(next);
  Renderer whole(kLandscape);
  whole.draw(compose(model, kLandscape, whole.typesetter(), {.panel = 1, .sum = {}}));
  EXPECT_EQ(pixels(renderer), pixels(whole));
}

TEST(Renderer, HighContrastUsesItsThreeColoursAndTheirMixturesOnly) {
  Renderer renderer(kLandscape, Palette::high_contrast);
  renderer.draw(counting(renderer, yuan(1)));
  EXPECT_EQ(renderer.frame().pixels[0], 0xFF000000);
}

}  // namespace
}  // namespace yijuan::screen
