#include "drivers/escpos/layout.hpp"

#include <gmock/gmock.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "drivers/escpos/glyph.hpp"
#include "drivers/escpos/sample_slip.hpp"

namespace yijuan::escpos {
namespace {

using domain::FieldLine;
using domain::SlipDocument;
using domain::TextLine;

std::vector<std::string> texts(const SlipDocument& document, int columns) {
  std::vector<std::string> found;
  for (const Row& row : lay_out(document, columns)) {
    if (const auto* text = std::get_if<TextRow>(&row)) found.push_back(text->text);
  }
  return found;
}

// The agreed text is in tests/golden/slips. After a wanted change: run with YIJUAN_GOLDEN=write and
// look at the difference.
void expect_golden(const std::string& name, const std::string& text) {
  const std::string path = std::string(YIJUAN_GOLDEN_SLIPS) + "/" + name;
  if (const char* mode = std::getenv("YIJUAN_GOLDEN"); mode && std::string_view(mode) == "write") {
    std::ofstream(path) << text;
  }
  std::stringstream agreed;
  agreed << std::ifstream(path).rdbuf();
  EXPECT_EQ(text, agreed.str());
}

TEST(Layout, PutsAFieldOnOneLineWithLabelsInOneColumn) {
  EXPECT_THAT(texts({{FieldLine{"时间", "09:02"}, FieldLine{"备案编号", "123"}}}, 32),
              testing::ElementsAre("时间      09:02", "备案编号  123"));
}

TEST(Layout, ContinuesALongValueUnderItself) {
  EXPECT_THAT(texts({{FieldLine{"地点", "示例县人民广场东门（示例商场）"}}}, 20),
              testing::ElementsAre("地点  示例县人民广", "      场东门（示例", "      商场）"));
}

TEST(Layout, PutsAValueThatCannotBreakUnderItsLabel) {
  EXPECT_THAT(texts({{FieldLine{"编号", "BOX01-AB12-000123"}}}, 20),
              testing::ElementsAre("编号", "BOX01-AB12-000123"));
  EXPECT_THAT(texts({{FieldLine{"非常非常长的标签名称", "值"}}}, 20),
              testing::ElementsAre("非常非常长的标签名称", "值"));
}

TEST(Layout, SetsASumSmallerRatherThanBreakingIt) {
  const auto rows = lay_out({{TextLine{.text = "￥12,345,678.00", .scale = 3}}}, 32);
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(std::get<TextRow>(rows[0]).scale, 2);
}

TEST(Layout, EveryRowFitsItsLineAndNothingIsCutOff) {
  for (const int columns : {32, 42, 48}) {
    std::string all;
    for (const Row& row : lay_out(sample_slip(), columns)) {
      const auto* text = std::get_if<TextRow>(&row);
      if (!text) continue;
      EXPECT_LE(count_columns(text->text) * text->scale, columns) << text->text;
      all += text->text;
    }
    std::erase(all, ' ');
    for (const auto& block : sample_slip().blocks) {
      std::string expected;
      if (const auto* line = std::get_if<TextLine>(&block)) expected = line->text;
      if (const auto* field = std::get_if<FieldLine>(&block))
        expected = field->label + field->value;
      std::erase(expected, ' ');
      EXPECT_NE(all.find(expected), std::string::npos) << expected;
    }
  }
}

TEST(Layout, OfTheSampleSlipIsAsAgreedOn58Millimetres) {
  expect_golden("sample_58.txt", to_plain_text(lay_out(sample_slip(), 32), 32));
}

TEST(Layout, OfTheSampleSlipIsAsAgreedOn80Millimetres) {
  expect_golden("sample_80.txt", to_plain_text(lay_out(sample_slip(), 48), 48));
}

}  // namespace
}  // namespace yijuan::escpos
