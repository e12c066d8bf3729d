#include "domain/gift_slip.hpp"

#include <gmock/gmock.h>

#include "sample_pack.hpp"

namespace yijuan::domain {
namespace {

using testing::Contains;
using testing::Not;

class GiftSlip : public testing::Test {
 protected:
  GiftSlip() {
    gift.terms = {tlog::Activity::one_day, "students", "school-1"};
    gift.amount = Fen(10'050);
    gift.slip = 42;
    at = {parse_rfc3339("2026-10-17T01:02:03.004Z").value(), ClockQuality::ntp};
  }
  [[nodiscard]] SlipDocument slip(std::uint32_t copy = 1) const {
    return make_gift_slip({pack,
                           {"ledger.example.org", "school-1", "1a2b3c4d"},
                           gift,
                           at,
                           "https://ledger.example.org/s#v1.x",
                           copy});
  }
  // One line of text for each block.
  [[nodiscard]] std::vector<std::string> lines(std::uint32_t copy = 1) const {
    std::vector<std::string> out;
    for (const SlipBlock& block : slip(copy).blocks) {
      if (const auto* text = std::get_if<TextLine>(&block)) {
        out.push_back(text->text);
      } else if (const auto* field = std::get_if<FieldLine>(&block)) {
        out.push_back(field->label + "|" + field->value);
      } else if (const auto* code = std::get_if<QrBlock>(&block)) {
        out.push_back("QR|" + code->payload);
      }
    }
    return out;
  }

  CampaignPack pack = sample();
  tlog::Gift gift;
  WallReading at;
};

TEST_F(GiftSlip, BearsEveryFieldInOrder) {
  const std::vector<std::string> expected = {
      "示例县慈善会（示例）",
      "捐赠凭条",
      "￥100.50",
      "人民币壹佰元零伍角整",
      "活动|示例县扶贫日一捐（示例）",
      "类别|一日捐",
      "捐赠用途|资助贫困生",
      "单位|示例小学（示例）",
      "时间|2026-10-17 09:02:03",
      "地点|示例小学校门（示例）",
      "设箱单位|示例小学（示例）",
      "凭条编号|SCHOOL-1-1A2B-000042",
      "备案编号|示例备案000000000000",
      "QR|https://ledger.example.org/s#v1.x",
      "扫码核验本笔捐赠",
      "本凭条不是公益事业捐赠票据。需要票据的，请扫码申请开具。",
      "监督电话|000-0000000",
  };
  EXPECT_EQ(lines(), expected);
}

TEST_F(GiftSlip, BeginsWithTheMarkAndShowsTheSumLarge) {
  const SlipDocument document = slip();
  EXPECT_TRUE(std::holds_alternative<Mark>(document.blocks.front()));
  int large = 0;
  for (const SlipBlock& block : document.blocks) {
    const auto* text = std::get_if<TextLine>(&block);
    if (text == nullptr || text->scale != 3) continue;
    ++large;
    EXPECT_EQ(text->text, "￥100.50");
  }
  EXPECT_EQ(large, 1);
}

TEST_F(GiftSlip, LeavesAirAroundTheCode) {
  const std::vector<SlipBlock> blocks = slip().blocks;
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    if (!std::holds_alternative<QrBlock>(blocks[i])) continue;
    EXPECT_TRUE(std::holds_alternative<Space>(blocks.at(i - 1)));
    EXPECT_TRUE(std::holds_alternative<Space>(blocks.at(i + 1)));
  }
}

TEST_F(GiftSlip, MarksEveryFurtherCopy) {
  EXPECT_THAT(lines(1), Not(Contains(testing::HasSubstr("补打"))));
  EXPECT_THAT(lines(2), Contains("补打 第 2 份"));
  EXPECT_THAT(lines(11), Contains("补打 第 11 份"));
}

TEST_F(GiftSlip, SaysHowFarItsTimeCanBeBelieved) {
  at.quality = ClockQuality::stored;
  EXPECT_THAT(lines(), Contains("时间|2026-10-17 09:02:03（未校准）"));
  at.quality = ClockQuality::unset;
  EXPECT_THAT(lines(), Contains("时间|本箱时钟未校准"));
}

TEST_F(GiftSlip, LeavesOutAUnitThatNobodyNamed) {
  gift.terms.unit = "";
  EXPECT_THAT(lines(), Not(Contains(testing::StartsWith("单位|"))));
}

TEST_F(GiftSlip, CountsThePeopleOfACollectiveGift) {
  gift.people = 30;
  EXPECT_THAT(lines(), Contains("参与人次|30"));
}

// A gift may outlive the pack under which it was given: its ids still stand on a reprint.
TEST_F(GiftSlip, ShowsTheIdOfWhatThePackNoLongerNames) {
  gift.terms.designation = "gone";
  pack.boxes.clear();
  EXPECT_THAT(lines(), Contains("捐赠用途|gone"));
  EXPECT_THAT(lines(), Contains("地点|—"));
}

TEST_F(GiftSlip, NamesEachActivity) {
  EXPECT_EQ(activity_name(tlog::Activity::one_yuan).zh, "一元捐");
  EXPECT_EQ(activity_name(tlog::Activity::one_day).zh, "一日捐");
  EXPECT_EQ(activity_name(tlog::Activity::free).zh, "自由捐");
}

TEST(SlipNumber, IsBoxEpochAndNumber) {
  const Origin origin{"ledger.example.org", "school-1", "1a2b3c4d"};
  EXPECT_EQ(slip_number(origin, 1), "SCHOOL-1-1A2B-000001");
  EXPECT_EQ(slip_number(origin, 1'234'567), "SCHOOL-1-1A2B-1234567");
}

}  // namespace
}  // namespace yijuan::domain
