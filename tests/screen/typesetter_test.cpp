#include <gtest/gtest.h>

#include "screen/pango_typesetter.hpp"

namespace yijuan::screen {
namespace {

bool begins_with_one_of(const std::string& line, std::initializer_list<std::string_view> marks) {
  return std::ranges::any_of(marks, [&](std::string_view mark) { return line.starts_with(mark); });
}
bool ends_with_one_of(const std::string& line, std::initializer_list<std::string_view> marks) {
  return std::ranges::any_of(marks, [&](std::string_view mark) { return line.ends_with(mark); });
}

TEST(PangoTypesetter, ChineseLinesBeginAndEndByTheRules) {
  PangoTypesetter typesetter;
  const std::string text =
      "村集体的光伏电站，收益写在公示栏里：“每一度电、每一分钱，乡亲们都看得见。”"
      "《一元捐》（示例）办法【第一版】说：量力而行！愿意吗？当然；〈好〉。";
  const TextStyle style{.size = 24, .leading = 32};
  // From seven characters a line on: in less, five marks in a row have to be parted.
  for (int width = 168; width < 700; width += 7) {
    for (const auto& line : typesetter.lines(text, style, width)) {
      EXPECT_FALSE(begins_with_one_of(
          line, {"，", "。", "、", "；", "：", "！", "？", "”", "〉", "》", "】", "）"}))
          << width << ": " << line;
      EXPECT_FALSE(ends_with_one_of(line, {"“", "〈", "《", "【", "（"})) << width << ": " << line;
    }
  }
}

TEST(PangoTypesetter, PhrasesStayWhole) {
  PangoTypesetter typesetter;
  const TextStyle style{.size = 40, .leading = 50, .bold = true, .phrases = true, .even = true};
  const auto lines = typesetter.lines("精准帮扶 青春有约 共同前行", style, 400);
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_TRUE(lines[1].starts_with("共同前行")) << lines[1];
}

TEST(PangoTypesetter, FiguresAreTabular) {
  PangoTypesetter typesetter;
  for (const bool bold : {false, true}) {
    const TextStyle style{.size = 100, .leading = 120, .bold = bold};
    const auto ones = typesetter.measure("1,111.11", style, 2000);
    for (const auto* other : {"8,888.88", "4,747.40", "0,000.00"}) {
      EXPECT_EQ(typesetter.measure(other, style, 2000).width, ones.width) << other;
    }
  }
}

TEST(PangoTypesetter, AnEllipsisKeepsOneLineWithinItsWidth) {
  PangoTypesetter typesetter;
  const TextStyle style{.size = 20, .leading = 26, .ellipsis = true};
  const auto size = typesetter.measure("一个很长很长的单位名称（示例）", style, 120);
  EXPECT_EQ(size.lines, 1);
  EXPECT_LE(size.width, 120);
}

TEST(PangoTypesetter, ManyTextsDoNotPileUp) {
  PangoTypesetter typesetter;
  const TextStyle style{.size = 20, .leading = 26};
  for (int i = 0; i < 500; ++i) {
    EXPECT_GT(typesetter.measure(std::to_string(i), style, 300).width, 0);
  }
  EXPECT_EQ(typesetter.measure("1", style, 300).lines, 1);
}

}  // namespace
}  // namespace yijuan::screen
