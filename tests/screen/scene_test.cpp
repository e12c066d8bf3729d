// look.md held against every scene, language and orientation.
#include "screen/scene.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "samples/samples.hpp"
#include "screen/pango_typesetter.hpp"
#include "screen/words.hpp"

namespace yijuan::screen {
namespace {

constexpr Geometry kLandscape{1280, 800, 149};
constexpr Geometry kPortrait{1080, 1920, 141};

struct Laid {
  std::string name;
  Model model;
  Geometry geometry;
  Scene scene;
};

const std::vector<Laid>& all() {
  static const std::vector<Laid> laid = [] {
    std::vector<Laid> made;
    PangoTypesetter typesetter;
    for (const auto& geometry : {kLandscape, kPortrait}) {
      for (const auto language : {Language::zh_cn, Language::en}) {
        for (const auto& sample : samples(language)) {
          const auto name = sample.name + (geometry.portrait() ? " portrait " : " landscape ") +
                            std::string(to_text(language));
          made.push_back(
              {name, sample.model, geometry,
               compose(sample.model, geometry, typesetter, {.panel = sample.panel, .sum = {}})});
        }
      }
    }
    return made;
  }();
  return laid;
}

std::vector<TextItem> texts(const Scene& scene) {
  std::vector<TextItem> found;
  for (const auto& item : scene.items) {
    if (const auto* text = std::get_if<TextItem>(&item)) found.push_back(*text);
  }
  return found;
}

bool overlap(const Rect& a, const Rect& b) {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

bool shows(const Scene& scene, std::string_view part) {
  return std::ranges::any_of(texts(scene), [&](const TextItem& text) {
    return text.text.find(part) != std::string::npos;
  });
}

TEST(Scenes, EveryTextReadsOnItsGround) {
  for (const auto& laid : all()) {
    for (const auto& text : texts(laid.scene)) {
      for (const auto palette : {Palette::plain, Palette::high_contrast}) {
        EXPECT_GE(contrast(rgb(text.colour, palette), rgb(text.ground, palette)), 4.5)
            << laid.name << ": " << text.text;
      }
    }
  }
}

TEST(Scenes, NoTextIsTooSmallAndNoSumTooLarge) {
  for (const auto& laid : all()) {
    for (const auto& text : texts(laid.scene)) {
      EXPECT_GE(text.style.size * 45, laid.geometry.height) << laid.name << ": " << text.text;
      EXPECT_GE(text.style.size, 14) << laid.name;
      EXPECT_LE(text.style.size * 6, laid.geometry.height) << laid.name << ": " << text.text;
    }
  }
}

TEST(Scenes, SomethingIsSaidInHeadlineSize) {
  for (const auto& laid : all()) {
    EXPECT_TRUE(std::ranges::any_of(texts(laid.scene), [&](const TextItem& text) {
      return text.style.size * 18 >= laid.geometry.height;
    })) << laid.name;
  }
}

TEST(Scenes, EverythingIsOnTheScreenAndNoTextOnAnother) {
  for (const auto& laid : all()) {
    for (const auto& item : laid.scene.items) {
      const auto area = area_of(item);
      EXPECT_TRUE(area.x >= 0 && area.y >= 0 && area.x + area.width <= laid.geometry.width &&
                  area.y + area.height <= laid.geometry.height)
          << laid.name << " " << item.index() << " " << area.x << "," << area.y << " " << area.width
          << "x" << area.height;
    }
    if (laid.model.notice) continue;  // it covers the head on purpose
    const auto found = texts(laid.scene);
    for (std::size_t i = 0; i < found.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        EXPECT_FALSE(overlap(found[i].area, found[j].area))
            << laid.name << ": " << found[i].text << " / " << found[j].text;
      }
    }
  }
}

TEST(Scenes, ANoticeCoversNeitherSumNorCodeNorButton) {
  for (const auto& laid : all()) {
    const auto notice = std::ranges::find_if(laid.scene.items, [](const DrawItem& item) {
      const auto* fill = std::get_if<FillItem>(&item);
      return fill != nullptr && fill->colour == Colour::amber;
    });
    ASSERT_EQ(notice != laid.scene.items.end(), laid.model.notice.has_value()) << laid.name;
    if (notice == laid.scene.items.end()) continue;
    const auto card = area_of(*notice);
    for (const auto& item : laid.scene.items) {
      if (std::holds_alternative<QrItem>(item)) {
        EXPECT_FALSE(overlap(card, area_of(item))) << laid.name;
      }
    }
    for (const auto& text : texts(laid.scene)) {
      if (text.style.money) {
        EXPECT_FALSE(overlap(card, text.area)) << laid.name;
      }
    }
    for (const auto& button : laid.scene.buttons) {
      EXPECT_FALSE(overlap(card, button.area)) << laid.name;
    }
  }
}

TEST(Scenes, ButtonsAreTwentyMillimetresAndInTheHandsHalf) {
  for (const auto& laid : all()) {
    const auto& geometry = laid.geometry;
    for (const auto& button : laid.scene.buttons) {
      EXPECT_GE(button.area.height * 254, geometry.dpi * 200) << laid.name << button.label;
      EXPECT_GE(button.area.width * 254, geometry.dpi * 200) << laid.name << button.label;
      EXPECT_GE(button.area.height, 44);
      if (geometry.portrait()) {
        EXPECT_GE(button.area.y, geometry.height / 2) << laid.name << button.label;
      } else {
        EXPECT_GE(button.area.x, geometry.width / 2) << laid.name << button.label;
      }
    }
  }
}

TEST(Scenes, ATapOnAButtonIsItsActionAndBesideThemNothing) {
  for (const auto& laid : all()) {
    const auto& buttons = laid.scene.buttons;
    for (std::size_t i = 0; i < buttons.size(); ++i) {
      const auto& area = buttons[i].area;
      EXPECT_EQ(hit_test(laid.scene, {area.x, area.y}), buttons[i].action) << laid.name;
      EXPECT_EQ(hit_test(laid.scene, {area.x + area.width - 1, area.y + area.height - 1}),
                buttons[i].action);
      EXPECT_NE(hit_test(laid.scene, {area.x - 1, area.y}), buttons[i].action);
      for (std::size_t j = 0; j < i; ++j) EXPECT_FALSE(overlap(area, buttons[j].area));
    }
    EXPECT_EQ(hit_test(laid.scene, {0, 0}), std::nullopt);
    EXPECT_EQ(hit_test(laid.scene, {-5, 1 << 20}), std::nullopt);
  }
}

TEST(Scenes, AtMostOneThingIsVermilionBesideTheMark) {
  for (const auto& laid : all()) {
    const auto large = std::ranges::count_if(laid.scene.items, [&](const DrawItem& item) {
      const auto* fill = std::get_if<FillItem>(&item);
      return fill != nullptr && fill->colour == Colour::vermilion &&
             fill->area.width > laid.geometry.width / 8;
    });
    EXPECT_LE(large, 1) << laid.name;
  }
}

TEST(Scenes, AnIdleScreenShowsNoSum) {
  for (const auto& laid : all()) {
    if (laid.scene.name != "idle") continue;
    EXPECT_TRUE(std::ranges::none_of(texts(laid.scene), [](const TextItem& text) {
      return text.style.money;
    })) << laid.name;
  }
}

TEST(Scenes, UnderEveryPaymentCodeStandsWhomItPays) {
  for (const auto& laid : all()) {
    const auto* idle = std::get_if<Idle>(&laid.model.scene);
    const auto* out = std::get_if<OutOfService>(&laid.model.scene);
    const bool code = (idle != nullptr && idle->payee) || (out != nullptr && out->payee);
    if (!code) continue;
    const auto& words = Words::of(laid.model.language);
    EXPECT_TRUE(shows(laid.scene, "示例县慈善总会（示例）")) << laid.name;
    EXPECT_TRUE(shows(laid.scene, words["idle.check_payee"])) << laid.name;
  }
}

TEST(Scenes, IdleDisclosesWhatTheLawWants) {
  for (const auto& laid : all()) {
    if (laid.scene.name != "idle") continue;
    for (const auto* text : {"示例县慈善总会", "示例县扶贫办", "示例县第一中学",
                             "示例慈募字第 0001 号", "示例备 2026-0001", "000-0000-0000"}) {
      EXPECT_TRUE(shows(laid.scene, text)) << laid.name << " " << text;
    }
  }
}

TEST(Scenes, AModuleOfACodeHasFourPixelsAndAQuietZone) {
  for (const auto& laid : all()) {
    for (const auto& item : laid.scene.items) {
      const auto* code = std::get_if<QrItem>(&item);
      if (code == nullptr) continue;
      EXPECT_GE(code->module, 4) << laid.name;
      const int quiet = code->module * kQrQuietZone;
      EXPECT_TRUE(std::ranges::any_of(laid.scene.items, [&](const DrawItem& ground) {
        const auto* fill = std::get_if<FillItem>(&ground);
        return fill != nullptr && fill->colour == Colour::white &&
               fill->area == Rect{code->area.x - quiet, code->area.y - quiet,
                                  code->area.width + 2 * quiet, code->area.height + 2 * quiet};
      })) << laid.name;
    }
  }
}

TEST(Scenes, ADonorIsAskedForTheMoneyThatTheBoxTakes) {
  PangoTypesetter typesetter;
  Model model;
  for (const auto& [coins, notes, words] : {std::tuple{true, false, "请投入硬币"},
                                            {false, true, "请投入纸币"},
                                            {true, true, "请投入硬币或纸币"}}) {
    model.scene = Counting{.takes_coins = coins, .takes_notes = notes};
    EXPECT_TRUE(shows(compose(model, kLandscape, typesetter), words)) << words;
  }
}

TEST(Scenes, AnIdleBoxWhoseCoinSlotIsDeadAsksForNotesAlone) {
  PangoTypesetter typesetter;
  Model model;
  Idle idle;
  idle.takes_coins = false;
  idle.takes_notes = idle.coins_down = true;
  model.scene = idle;
  const auto scene = compose(model, kLandscape, typesetter);
  EXPECT_TRUE(shows(scene, "请投纸币"));
  EXPECT_FALSE(shows(scene, "请投币或纸币"));
  EXPECT_TRUE(shows(scene, "硬币口暂不可用"));
}

TEST(Scenes, ATestThatEndsHasNoButtonAndAsksForNothingMore) {
  PangoTypesetter typesetter;
  Model model;
  model.scene = Testing{.device = "coin", .ending = true};
  const auto scene = compose(model, kLandscape, typesetter);
  EXPECT_TRUE(scene.buttons.empty());
  EXPECT_TRUE(shows(scene, "请不要再投入"));
}

TEST(Scenes, NothingGivenMeansBackAndSomethingMeansDone) {
  PangoTypesetter typesetter;
  Model model;
  model.scene = Counting{};
  auto scene = compose(model, kLandscape, typesetter);
  ASSERT_EQ(scene.buttons.size(), 1U);
  EXPECT_EQ(scene.buttons[0].action.intent, Intent::leave);
  // Also while the sum on the screen still counts up from nothing.
  model.scene = Counting{tlog::Activity::free, yuan(1), {}, {}};
  scene = compose(model, kLandscape, typesetter, {.panel = 0, .sum = Fen{}});
  EXPECT_EQ(scene.buttons[0].action.intent, Intent::finish);
}

TEST(Scenes, APayloadThatNoCodeHoldsLeavesTheCodeOut) {
  PangoTypesetter typesetter;
  Model model;
  model.scene = Thanks{tlog::Activity::free, yuan(1), {}, {}, std::string(5000, 'x'),
                       PrintState::offered,  1,       {}};
  const auto scene = compose(model, kPortrait, typesetter);
  EXPECT_TRUE(std::ranges::none_of(
      scene.items, [](const DrawItem& item) { return std::holds_alternative<QrItem>(item); }));
}

TEST(Scenes, TextsOfAnyLengthDoNotBreakTheLayout) {
  PangoTypesetter typesetter;
  for (const std::size_t length : {0U, 1U, 40U, 400U}) {
    std::string text;
    for (std::size_t i = 0; i < length; ++i) text += i % 9 == 8 ? " " : "长";
    Model model;
    model.disclosure.organisation = text;
    Idle idle;
    idle.campaign = text;
    idle.slogan = text;
    idle.panels = {{text, text, text}};
    idle.payee = Payee{"https://pay.example.org/1", text};
    model.scene = idle;
    for (const auto& geometry : {kLandscape, kPortrait}) {
      const auto scene = compose(model, geometry, typesetter);
      EXPECT_EQ(scene.buttons.size(), 3U);
    }
  }
}

}  // namespace
}  // namespace yijuan::screen
