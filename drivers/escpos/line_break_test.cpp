#include "drivers/escpos/line_break.hpp"

#include <gmock/gmock.h>

#include "drivers/escpos/glyph.hpp"

namespace yijuan::escpos {
namespace {

using testing::ElementsAre;

TEST(LineBreak, LetsNoLineBeginWithClosingPunctuation) {
  EXPECT_THAT(break_lines("一二三四，五六", 8), ElementsAre("一二三", "四，五六"));
  EXPECT_THAT(break_lines("一二三四。”五", 8), ElementsAre("一二三", "四。”五"));
  EXPECT_THAT(break_lines("一二三四）五", 8), ElementsAre("一二三", "四）五"));
}

TEST(LineBreak, LetsNoLineEndWithOpeningPunctuation) {
  EXPECT_THAT(break_lines("一二三“四五”", 8), ElementsAre("一二三", "“四五”"));
  EXPECT_THAT(break_lines("一二三《四》", 8), ElementsAre("一二三", "《四》"));
  EXPECT_THAT(break_lines("一二三（“四”）", 10), ElementsAre("一二三", "（“四”）"));
}

TEST(LineBreak, KeepsNumbersAndWordsWhole) {
  EXPECT_THAT(break_lines("收到1234.50元整", 12), ElementsAre("收到", "1234.50元整"));
  EXPECT_THAT(break_lines("捐￥20.00元", 8), ElementsAre("捐", "￥20.00", "元"));
  EXPECT_THAT(break_lines("One coin is a gift", 8), ElementsAre("One coin", "is a", "gift"));
}

TEST(LineBreak, BreaksAWordThatFitsNoLineButDropsNothing) {
  EXPECT_THAT(break_lines("ABCDEFGHIJKL", 5), ElementsAre("ABCDE", "FGHIJ", "KL"));
  EXPECT_THAT(break_lines("，，，，，", 4), ElementsAre("，，", "，，", "，"));
}

TEST(LineBreak, DropsSpacesOnlyAtABreak) {
  EXPECT_THAT(break_lines("ab   cd", 4), ElementsAre("ab", "cd"));
  EXPECT_THAT(break_lines("abcd   ", 4), ElementsAre("abcd"));
  EXPECT_THAT(break_lines("", 4), ElementsAre(""));
  EXPECT_THAT(break_lines("   ", 4), ElementsAre(""));
}

TEST(LineBreak, EvensOutACentredParagraph) {
  EXPECT_THAT(break_evenly("一二三四五六七八九", 16), ElementsAre("一二三四五", "六七八九"));
  EXPECT_THAT(break_evenly("一二三", 16), ElementsAre("一二三"));
}

// Over many texts and widths: each line fits, and joined they are the text.
TEST(LineBreak, NeverCutsAnythingOffAtAnyWidth) {
  const std::string text =
      "示例县慈善总会（备案编号53000000EXAMPLE12345678）：“一元捐”，收到￥1,234."
      "50元……谢谢！——见《账本》。";
  for (int columns = 4; columns <= 60; ++columns) {
    std::string joined;
    for (const auto& line : break_lines(text, columns)) {
      EXPECT_LE(count_columns(line), columns) << line;
      joined += line;
    }
    EXPECT_EQ(joined, text) << columns;
    EXPECT_EQ(break_evenly(text, columns).size(), break_lines(text, columns).size()) << columns;
  }
}

}  // namespace
}  // namespace yijuan::escpos
