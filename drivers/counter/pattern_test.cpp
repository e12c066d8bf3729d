#include "drivers/counter/pattern.hpp"

#include <gtest/gtest.h>

namespace yijuan::counter {
namespace {

std::optional<Parts> match(std::string_view pattern, std::string_view line, Fen unit = yuan(1)) {
  const auto made = Pattern::parse(pattern, unit);
  EXPECT_TRUE(made) << (made ? "" : made.error().message());
  return made ? made->match(line) : std::nullopt;
}

TEST(Pattern, WhatNamesNothingKnownIsRefused) {
  for (const char* wrong : {"{value", "{worth} x", "{value} {value}", "{}", "\xE5\x85\x83{sum}",
                            "{sum} {pieces} {sum}"}) {
    EXPECT_FALSE(Pattern::parse(wrong, yuan(1))) << wrong;
  }
}

TEST(Pattern, ReadsNumbersAsMoneyAndPieces) {
  const auto parts = match("{value} x {pieces} = {sum}", "  0.50 X 1,040 =  520.00 ");
  ASSERT_TRUE(parts);
  EXPECT_EQ(parts->value, Fen(50));
  EXPECT_EQ(parts->pieces, 1040U);
  EXPECT_EQ(parts->sum, yuan(520));
}

TEST(Pattern, ABlankMayBeMissingOrLong) {
  EXPECT_TRUE(match("{value} x {pieces}", "1x3"));
  EXPECT_TRUE(match("{value} x {pieces}", "1 \t  x  3"));
}

TEST(Pattern, WhatIsLeftOverIsNoMatch) {
  EXPECT_FALSE(match("{value} x {pieces}", "1 x 3 4"));
  EXPECT_FALSE(match("{value} x {pieces}", "1 x"));
  EXPECT_FALSE(match("{value} x {pieces}", "n 1 x 3"));
}

TEST(Pattern, ANumberMustBeWhatItIsNamed) {
  EXPECT_FALSE(match("{pieces}", "2.5"));
  EXPECT_FALSE(match("{value}", "1.005"));
  EXPECT_FALSE(match("{value}", "1.0001"));
  EXPECT_TRUE(match("{value}", "1.0000"));
  EXPECT_FALSE(match("{sum}", "1234567890123"));
  EXPECT_FALSE(match("{sum}", "-5"));
  EXPECT_FALSE(match("{pieces}", "12,34"));
  EXPECT_EQ(match("{value}", "5", Fen(10))->value, Fen(50));
  EXPECT_EQ(match("{value}", "0.5", Fen(10))->value, Fen(5));
  EXPECT_FALSE(match("{value}", "0.5", Fen(1)));
}

TEST(Pattern, TextIsPassedOverUpToADigitOrTheNextLetter) {
  const auto parts = match("{text}:{value}{text}{pieces}{text}", "face??:10?? sheets 7 pcs");
  ASSERT_TRUE(parts);
  EXPECT_EQ(parts->value, yuan(10));
  EXPECT_EQ(parts->pieces, 7U);
}

}  // namespace
}  // namespace yijuan::counter
