#include "drivers/counter/count_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/settings.hpp"
#include "drivers/counter/errc.hpp"
#include "drivers/counter/fake.hpp"

namespace yijuan::counter {
namespace {

using counter_fake::Fault;
using counter_fake::Layout;
using testing::HasSubstr;

const std::vector<counter_fake::Pile> kCount = {{100, 8123}, {50, 1377}, {10, 500}};

Model model_of(Layout layout) {
  return *find_model(layout == Layout::columns       ? "columns"
                     : layout == Layout::coin_sorter ? "coin-sorter"
                                                     : "receipt-gb");
}

std::vector<CountReader::Report> read(CountReader& reader, BytesView bytes) {
  std::vector<CountReader::Report> reports;
  for (const std::uint8_t byte : bytes) {
    if (auto report = reader.push({byte, false})) reports.push_back(*report);
  }
  return reports;
}

Bytes text(std::string_view letters) {
  return {letters.begin(), letters.end()};
}

class EveryLayout : public testing::TestWithParam<Layout> {
 protected:
  Model model = model_of(GetParam());
  CountReader reader{model};
};

TEST_P(EveryLayout, AReportIsReadWhole) {
  const auto reports = read(reader, counter_fake::print(GetParam(), kCount));
  ASSERT_EQ(reports.size(), 1U);
  ASSERT_TRUE(reports[0]) << reports[0].error().message();
  const std::vector<CountedPieces> expected = {{Fen(10), 500}, {Fen(50), 1377}, {Fen(100), 8123}};
  EXPECT_EQ(*reports[0], expected);
  EXPECT_FALSE(reader.begun());
}

TEST_P(EveryLayout, HeadingsAndAPrintersCommandsArePassedOver) {
  const auto reports = read(reader, counter_fake::print(GetParam(), kCount, Fault::chatter));
  ASSERT_EQ(reports.size(), 1U);
  EXPECT_TRUE(reports[0]) << reports[0].error().message();
}

TEST_P(EveryLayout, AReportThatContradictsItselfIsRefusedAndTheNextOneRead) {
  for (const Fault fault :
       {Fault::wrong_sum, Fault::wrong_line, Fault::lost_line, Fault::garbled, Fault::twice}) {
    auto reports = read(reader, counter_fake::print(GetParam(), kCount, fault));
    ASSERT_EQ(reports.size(), 1U) << static_cast<int>(fault);
    ASSERT_FALSE(reports[0]) << static_cast<int>(fault);
    EXPECT_EQ(reports[0].error(), make_error_code(CounterErrc::contradiction));
    reports = read(reader, counter_fake::print(GetParam(), kCount));
    ASSERT_EQ(reports.size(), 1U);
    EXPECT_TRUE(reports[0]);
  }
}

TEST_P(EveryLayout, AHalfReportIsSaidAndForgotten) {
  EXPECT_TRUE(read(reader, counter_fake::print(GetParam(), kCount, Fault::half)).empty());
  EXPECT_TRUE(reader.begun());
  EXPECT_EQ(reader.abandon(), make_error_code(CounterErrc::half));
  EXPECT_FALSE(reader.begun());
  EXPECT_TRUE(read(reader, counter_fake::print(GetParam(), kCount)).at(0));
}

TEST_P(EveryLayout, AnEmptyCountIsACount) {
  const auto reports = read(reader, counter_fake::print(GetParam(), {}));
  ASSERT_EQ(reports.size(), 1U);
  ASSERT_TRUE(reports[0]);
  EXPECT_TRUE(reports[0]->empty());
}

TEST_P(EveryLayout, TwoReportsInOnePieceAreTwo) {
  Bytes both = counter_fake::print(GetParam(), kCount);
  const Bytes second = counter_fake::print(GetParam(), {{100, 1}});
  both.insert(both.end(), second.begin(), second.end());
  const auto reports = read(reader, both);
  ASSERT_EQ(reports.size(), 2U);
  EXPECT_EQ(reports[1]->at(0).pieces, 1U);
}

INSTANTIATE_TEST_SUITE_P(CountReader, EveryLayout,
                         testing::Values(Layout::columns, Layout::coin_sorter, Layout::receipt_gb));

TEST(CountReader, ADamagedLineIsNoLine) {
  const Model model = model_of(Layout::columns);
  CountReader reader(model);
  std::optional<CountReader::Report> last;
  std::size_t at = 0;
  for (const std::uint8_t byte : counter_fake::print(Layout::columns, kCount)) {
    if (auto report = reader.push({byte, at++ == 12})) last = report;
  }
  ASSERT_TRUE(last);
  EXPECT_FALSE(*last);
}

TEST(CountReader, SaysWhichLineItCouldNotRead) {
  const Model model = model_of(Layout::columns);
  CountReader reader(model);
  const auto reports = read(reader, text("1 5 5.00\n0.5 q4 2.00\nTOTAL 9 7.00\n"));
  ASSERT_EQ(reports.size(), 1U);
  EXPECT_THAT(reports[0].error().message(), HasSubstr("q4"));
}

TEST(CountReader, AValueThatNoPieceHasIsRefused) {
  const Model model = model_of(Layout::columns);
  CountReader reader(model);
  const auto reports = read(reader, text("500 1 500.00\nTOTAL 1 500.00\n"));
  ASSERT_EQ(reports.size(), 1U);
  EXPECT_FALSE(reports[0]);
}

TEST(CountReader, GarbageWithoutEndIsSaid) {
  const Model model = model_of(Layout::columns);
  CountReader reader(model);
  const auto noise = read(reader, Bytes(5000, 0xE3));
  ASSERT_FALSE(noise.empty());
  EXPECT_EQ(noise[0].error(), make_error_code(CounterErrc::garbage));
  std::string lines;
  for (int line = 0; line < 300; ++line) lines += "7#7\n";
  const auto other = read(reader, text(lines));
  ASSERT_FALSE(other.empty());
  EXPECT_EQ(other[0].error(), make_error_code(CounterErrc::garbage));
}

TEST(CounterModels, AllThatAreBuiltInAreGood) {
  EXPECT_GE(all_models().size(), 3U);
  for (const Model& model : all_models()) EXPECT_FALSE(model.summary.empty()) << model.name;
}

TEST(CounterModels, AModelThatCannotBeCheckedIsRefused) {
  const std::string good = "summary = \"x\"\nline = \"{value} {pieces}\"\n";
  EXPECT_NO_THROW(read_model("x.toml", good + "total = \"SUM {pieces}\""));
  EXPECT_THROW(read_model("x.toml", good + "total = \"SUM\""), SettingsError);
  EXPECT_THROW(read_model("x.toml", good + "total = \"{sum\""), SettingsError);
  EXPECT_THROW(read_model("x.toml", good + "total = \"{sum}\"\nbaud = 9601"), SettingsError);
  EXPECT_THROW(read_model("x.toml", "summary = \"x\"\nline = \"{value}\"\ntotal = \"{sum}\""),
               SettingsError);
}

}  // namespace
}  // namespace yijuan::counter
