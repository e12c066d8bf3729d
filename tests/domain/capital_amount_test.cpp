#include "domain/capital_amount.hpp"

#include <gtest/gtest.h>

#include <utility>

namespace yijuan::domain {
namespace {

std::string capital(std::int64_t fen) {
  return capital_amount(Fen(fen));
}

TEST(CapitalAmount, WritesTheExamplesOfTheLook) {
  EXPECT_EQ(capital(50), "人民币伍角整");
  EXPECT_EQ(capital(10'700'053), "人民币壹拾万柒仟元零伍角叁分");
}

TEST(CapitalAmount, WritesTheBankExamples) {
  EXPECT_EQ(capital(140'950), "人民币壹仟肆佰零玖元伍角整");
  EXPECT_EQ(capital(600'714), "人民币陆仟零柒元壹角肆分");
  EXPECT_EQ(capital(168'032), "人民币壹仟陆佰捌拾元零叁角贰分");
  EXPECT_EQ(capital(1'640'902), "人民币壹万陆仟肆佰零玖元零贰分");
  EXPECT_EQ(capital(32'504), "人民币叁佰贰拾伍元零肆分");
}

TEST(CapitalAmount, EndsInZhengOnlyWhereNoFenFollow) {
  EXPECT_EQ(capital(100), "人民币壹元整");
  EXPECT_EQ(capital(110), "人民币壹元壹角整");
  EXPECT_EQ(capital(111), "人民币壹元壹角壹分");
  EXPECT_EQ(capital(101), "人民币壹元零壹分");
  EXPECT_EQ(capital(1), "人民币壹分");
  EXPECT_EQ(capital(11), "人民币壹角壹分");
}

TEST(CapitalAmount, WritesOneZeroForAnyRunInside) {
  const std::pair<std::int64_t, const char*> cases[] = {
      {0, "人民币零元整"},
      {10, "壹拾元整"},
      {15, "壹拾伍元整"},
      {100, "壹佰元整"},
      {101, "壹佰零壹元整"},
      {110, "壹佰壹拾元整"},
      {1'001, "壹仟零壹元整"},
      {1'010, "壹仟零壹拾元整"},
      {10'000, "壹万元整"},
      {10'001, "壹万零壹元整"},
      {10'700, "壹万零柒佰元整"},
      {17'000, "壹万柒仟元整"},
      {100'000, "壹拾万元整"},
      {100'700, "壹拾万零柒佰元整"},
      {1'000'000, "壹佰万元整"},
      {10'010'001, "壹仟零壹万零壹元整"},
      {10'101'010, "壹仟零壹拾万壹仟零壹拾元整"},
      {100'000'000, "壹亿元整"},
      {100'000'001, "壹亿零壹元整"},
      {100'010'000, "壹亿零壹万元整"},
      {100'007'000, "壹亿零柒仟元整"},
      {110'000'000, "壹亿壹仟万元整"},
      {1'010'000'000, "壹拾亿壹仟万元整"},
      {999'999'999'999, "玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元整"},
  };
  for (const auto& [yuan_count, expected] : cases) {
    const std::string text = yuan_count == 0 ? expected : std::string("人民币") + expected;
    EXPECT_EQ(capital(yuan_count * 100), text) << yuan_count;
  }
}

TEST(CapitalAmount, MarksANegativeAmount) {
  EXPECT_EQ(capital(-150), "人民币负壹元伍角整");
}

TEST(CapitalAmount, RefusesWhatItCannotWrite) {
  EXPECT_DEATH(capital(100'000'000'000'000), "too large");
  EXPECT_DEATH(capital(std::numeric_limits<std::int64_t>::min()), "too large");
}

// Reads the figures back, by the value of each character and not by the writer's groups.
std::int64_t read_back(std::string text) {
  const std::pair<const char*, std::int64_t> digits[] = {{"零", 0}, {"壹", 1}, {"贰", 2}, {"叁", 3},
                                                         {"肆", 4}, {"伍", 5}, {"陆", 6}, {"柒", 7},
                                                         {"捌", 8}, {"玖", 9}};
  std::int64_t total = 0, section = 0, digit = 0;
  for (std::size_t at = 0; at < text.size(); at += 3) {
    const std::string c = text.substr(at, 3);
    for (const auto& [sign, value] : digits) {
      if (c == sign) digit = value;
    }
    if (c == "拾") section += std::exchange(digit, 0) * 10;
    if (c == "佰") section += std::exchange(digit, 0) * 100;
    if (c == "仟") section += std::exchange(digit, 0) * 1000;
    if (c == "万") total += (std::exchange(section, 0) + std::exchange(digit, 0)) * 10'000 * 100;
    if (c == "亿") {
      total += (std::exchange(section, 0) + std::exchange(digit, 0)) * 100'000'000 * 100;
    }
    if (c == "元") total += (std::exchange(section, 0) + std::exchange(digit, 0)) * 100;
    if (c == "角") total += std::exchange(digit, 0) * 10;
    if (c == "分") total += std::exchange(digit, 0);
  }
  return total;
}

TEST(CapitalAmount, SaysWhatItWasGiven) {
  std::uint64_t random = 42;
  for (int i = 0; i < 20'000; ++i) {
    random = random * 6364136223846793005u + 1442695040888963407u;
    const auto fen = static_cast<std::int64_t>((random >> 17) % 100'000'000'000'000u);
    const std::int64_t amount = i % 2 == 0 ? fen : fen % 1'000'000;
    const std::string text = capital(amount);
    EXPECT_EQ(read_back(text), amount) << text;
    EXPECT_EQ(text.find("零零"), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace yijuan::domain
