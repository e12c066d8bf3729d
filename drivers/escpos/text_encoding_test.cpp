#include "drivers/escpos/text_encoding.hpp"

#include <gtest/gtest.h>

#include "drivers/escpos/glyph.hpp"

namespace yijuan::escpos {
namespace {

std::string encoded(std::string_view text, bool four_byte = true) {
  return to_hex(TextEncoder().encode(text, four_byte));
}

TEST(TextEncoding, IsGb18030) {
  EXPECT_EQ(encoded("慈善捐款收据"), "b4c8c9c6bee8bfeecad5bedd");
  EXPECT_EQ(encoded("\u20AC"), "a2e3");
  EXPECT_EQ(encoded("镕"), "e946");
  EXPECT_EQ(encoded("\u3400"), "8139ee39");
  EXPECT_EQ(encoded("𠮷"), "9534b235");
  EXPECT_EQ(encoded("A1 b"), "41312062");
}

TEST(TextEncoding, PrintsEitherYenSignAsTheTwoByteOne) {
  EXPECT_EQ(encoded("\uFFE5", false), "a3a4");
  EXPECT_EQ(encoded("\u00A5", false), "a3a4");
  EXPECT_EQ(encoded("\u00A5", true), "a3a4");
}

TEST(TextEncoding, ShowsAGapForAFourByteCharacterThatTheModelLacks) {
  EXPECT_EQ(encoded("王𠮷仁", false), "cdf5a1fec8ca");
}

TEST(TextEncoding, ShowsAGapForBytesThatAreNotText) {
  EXPECT_EQ(encoded("a\xC0\xAF\xFFz"), "61a1fea1fea1fe7a");
  EXPECT_EQ(encoded("\xE6\x85"), "a1fea1fe");          // cut short
  EXPECT_EQ(encoded("\xED\xA0\x80"), "a1fea1fea1fe");  // a surrogate
  EXPECT_EQ(encoded("\xF4\x90\x80\x80"), "a1fea1fea1fea1fe");
  EXPECT_EQ(encoded("\xE0\x80\xAF善"), "a1fea1fea1fec9c6");  // overlong
}

TEST(TextEncoding, LetsNoCommandThroughFromAText) {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all.push_back(static_cast<char>(byte));
  for (const std::uint8_t byte : TextEncoder().encode(all, true)) EXPECT_GE(byte, 0x20);
  EXPECT_EQ(encoded("\x1B@\x10\x04\x01善\n"), "40c9c620");
  EXPECT_EQ(encoded("\u200B\uFEFF\u0085"), "");
}

TEST(TextEncoding, GivesEveryCharacterTheColumnsThatLayoutCounts) {
  EXPECT_EQ(count_columns("慈善 A1￥"), 9);
  EXPECT_EQ(count_columns("王𠮷"), 4);
  EXPECT_EQ(count_columns("\xFF"), 2);
  EXPECT_EQ(count_columns("\u200B\n"), 1);
}

}  // namespace
}  // namespace yijuan::escpos
