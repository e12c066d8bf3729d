#include "domain/gift_slip.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "domain/capital_amount.hpp"

namespace yijuan::domain {
namespace {

// 财综〔2024〕1号: what the box prints is no ticket, and must say so in these words.
constexpr std::string_view kNoTicket = "本凭条不是公益事业捐赠票据。需要票据的，请扫码申请开具。";
constexpr std::string_view kCodeUse = "扫码核验本笔捐赠";
constexpr std::string_view kNone = "—";

std::string upper(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  });
  return out;
}

std::string name_of(const std::vector<Choice>& choices, const std::string& id) {
  const Choice* choice = find_choice(choices, id);
  return choice != nullptr ? choice->name.zh : id;
}

std::string time_text(WallReading at) {
  switch (at.quality) {
    case ClockQuality::unset:
      return "本箱时钟未校准";
    case ClockQuality::stored:
      return shanghai_text(at.time, true) + "（未校准）";
    case ClockQuality::ntp:
    case ClockQuality::ledger:
      break;
  }
  return shanghai_text(at.time, true);
}

void add_head(std::vector<SlipBlock>& blocks, const SlipFacts& facts) {
  blocks.emplace_back(Mark{});
  blocks.emplace_back(TextLine{facts.pack.fundraiser.name.zh, Align::centre, 1, true});
  blocks.emplace_back(TextLine{"捐赠凭条", Align::centre});
  if (facts.copy > 1) {
    blocks.emplace_back(TextLine{fmt::format("补打 第 {} 份", facts.copy), Align::centre, 1, true});
  }
  blocks.emplace_back(Rule{});
  blocks.emplace_back(TextLine{"￥" + to_grouped(facts.gift.amount), Align::centre, 3, true});
  blocks.emplace_back(TextLine{capital_amount(facts.gift.amount), Align::centre});
  blocks.emplace_back(Rule{});
}

void add_fields(std::vector<SlipBlock>& blocks, const SlipFacts& facts) {
  const auto field = [&](std::string label, std::string value) {
    if (value.empty()) value = kNone;
    blocks.emplace_back(FieldLine{std::move(label), std::move(value)});
  };
  const tlog::Gift& gift = facts.gift;
  const auto box = facts.pack.boxes.find(facts.origin.box);
  const BoxPlace place = box != facts.pack.boxes.end() ? box->second : BoxPlace{};
  field("活动", facts.pack.name.zh);
  field("类别", activity_name(gift.terms.activity).zh);
  field("捐赠用途", name_of(facts.pack.designations, gift.terms.designation));
  if (!gift.terms.unit.empty()) field("单位", name_of(facts.pack.units, gift.terms.unit));
  if (gift.people > 1) field("参与人次", std::to_string(gift.people));
  field("时间", time_text(facts.at));
  field("地点", place.place.zh);
  field("设箱单位", place.host.zh);
  field("凭条编号", slip_number(facts.origin, gift.slip));
  field("备案编号", facts.pack.filing);
}

void add_foot(std::vector<SlipBlock>& blocks, const SlipFacts& facts) {
  constexpr int kAir = 8;  // the code brings a quiet zone of its own
  blocks.emplace_back(Space{kAir});
  blocks.emplace_back(QrBlock{facts.code});
  blocks.emplace_back(Space{kAir});
  blocks.emplace_back(TextLine{std::string(kCodeUse), Align::centre});
  blocks.emplace_back(Rule{});
  blocks.emplace_back(TextLine{std::string(kNoTicket)});
  blocks.emplace_back(FieldLine{"监督电话", facts.pack.supervision_phone});
}

}  // namespace

std::string slip_number(const Origin& origin, std::uint64_t number) {
  constexpr std::size_t kEpochDigits = 4;
  return fmt::format("{}-{}-{:06}", upper(origin.box),
                     upper(std::string_view(origin.epoch).substr(0, kEpochDigits)), number);
}

Text activity_name(tlog::Activity activity) {
  switch (activity) {
    case tlog::Activity::one_yuan:
      return {"一元捐", "One yuan"};
    case tlog::Activity::one_day:
      return {"一日捐", "One day's wage"};
    case tlog::Activity::free:
      break;
  }
  return {"自由捐", "Any amount"};
}

SlipDocument make_gift_slip(const SlipFacts& facts) {
  SlipDocument slip;
  add_head(slip.blocks, facts);
  add_fields(slip.blocks, facts);
  add_foot(slip.blocks, facts);
  return slip;
}

}  // namespace yijuan::domain
