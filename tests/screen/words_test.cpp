#include "screen/words.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/settings.hpp"
#include "screen/built_in_languages.hpp"

namespace yijuan::screen {
namespace {

std::vector<std::string> places(std::string_view text) {
  std::vector<std::string> found;
  for (auto open = text.find('{'); open != text.npos; open = text.find('{', open + 1)) {
    found.emplace_back(text.substr(open, text.find('}', open) + 1 - open));
  }
  std::ranges::sort(found);
  return found;
}

TEST(Words, ALanguageThatLacksAKeyIsRefused) {
  std::string text(kEnglishWords);
  text.erase(text.find("other_language"), text.find("box =") - text.find("other_language"));
  EXPECT_THROW(Words::parse(text, "en.toml"), SettingsError);
}

TEST(Words, ALanguageWithAKeyTooManyIsRefused) {
  std::string text(kEnglishWords);
  text += "\n[idle2]\nextra = \"x\"\n";
  EXPECT_THROW(Words::parse(text, "en.toml"), SettingsError);
}

TEST(Words, BothLanguagesHaveTheSameKeysAndPlaces) {
  const auto& chinese = Words::of(Language::zh_cn);
  const auto& english = Words::of(Language::en);
  for (const auto key : Words::keys()) {
    EXPECT_FALSE(chinese[key].empty()) << key;
    EXPECT_FALSE(english[key].empty()) << key;
    EXPECT_EQ(places(chinese[key]), places(english[key])) << key;
  }
}

TEST(Words, ChineseTextUsesChineseMarks) {
  const auto& chinese = Words::of(Language::zh_cn);
  for (const auto key : Words::keys()) {
    EXPECT_EQ(chinese[key].find_first_of(",;!?\"'"), std::string::npos) << key;
  }
}

TEST(Words, WhatIsFilledInIsNotReadAsAPlace) {
  EXPECT_EQ(Words::of(Language::en).fill("common.box", {{"box", "{box} {phone}"}}),
            "Box {box} {phone}");
}

TEST(Words, AReturnedPieceIsAnnouncedInTheAgreedWords) {
  EXPECT_EQ(Words::of(Language::zh_cn)["notice.cash_returned"], "未能识别，已退回，请在退币口取回");
}

}  // namespace
}  // namespace yijuan::screen
