#include "domain/gate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace yijuan::domain {
namespace {

constexpr std::array<std::string_view, 12> kReasons = {
    "open",      "no_pack", "bad_signature", "bad_pack",  "box_not_in_pack", "missing_disclosure",
    "not_begun", "ended",   "date_unknown",  "door_open", "tampered",        "box_full"};

// A disclosure of law.md (慈善法第二十六条 and the filed plan): its key in the pack, its names for
// people, and whether this pack states it for this box.
struct Disclosure {
  std::string_view field, zh, en;
  bool stated;
};

std::optional<Disclosure> first_missing(const CampaignPack& pack, const BoxPlace& box) {
  const bool partners_named = std::ranges::all_of(
      pack.partners, [](const Partner& partner) { return !partner.name.zh.empty(); });
  const bool partners_agreed = std::ranges::all_of(
      pack.partners, [](const Partner& partner) { return !partner.agreement.empty(); });
  const std::array<Disclosure, 12> all = {{
      {"name", "活动名称", "campaign name", !pack.name.zh.empty()},
      {"fundraiser.name", "募捐主体", "fundraising organisation", !pack.fundraiser.name.zh.empty()},
      {"fundraiser.certificate", "公开募捐资格证书编号", "fundraising certificate number",
       !pack.fundraiser.certificate.empty()},
      {"partners.name", "合作方名称", "name of the partner", partners_named},
      {"partners.agreement", "合作协议编号", "number of the partner's agreement", partners_agreed},
      {"filing", "备案编号", "filing number", !pack.filing.empty()},
      {"plan", "募捐方案", "fundraising plan", !pack.plan.zh.empty()},
      {"contact", "联系方式", "contact", !pack.contact.empty()},
      {"supervision_phone", "监督电话", "supervision phone", !pack.supervision_phone.empty()},
      {"query", "查询方式", "how to query the result", !pack.query.zh.empty()},
      {"boxes.place", "设箱地点", "place of the box", !box.place.zh.empty()},
      {"boxes.host", "设箱单位", "host of the box", !box.host.zh.empty()},
  }};
  const auto* const missing =
      std::ranges::find_if(all, [](const Disclosure& one) { return !one.stated; });
  if (missing == all.end()) return std::nullopt;
  return *missing;
}

Gate closed(GateReason reason, std::string zh, std::string en, std::string field = {}) {
  return {reason,
          std::move(field),
          {"暂停接受捐赠：" + std::move(zh), "Not taking gifts: " + std::move(en)}};
}

Gate unreadable(const Error& error) {
  if (error == make_error_code(DomainErrc::pack_missing)) {
    return closed(GateReason::no_pack, "本箱尚无活动资料包", "this box has no campaign pack yet");
  }
  if (error == make_error_code(DomainErrc::pack_signature)) {
    return closed(GateReason::bad_signature, "活动资料包签名无效",
                  "the campaign pack's signature is not valid");
  }
  return closed(GateReason::bad_pack, "活动资料包无法读取", "the campaign pack cannot be read",
                error.detail());
}

Gate check_dates(const CampaignPack& pack, TrustedDate today) {
  if (today.day > pack.last_day) {
    return closed(GateReason::ended, fmt::format("活动已于{}结束", to_text(pack.last_day)),
                  fmt::format("the campaign ended on {}", to_text(pack.last_day)));
  }
  if (today.day >= pack.first_day) return {GateReason::open, {}, {}};
  if (today.exact) {
    return closed(GateReason::not_begun, fmt::format("活动将于{}开始", to_text(pack.first_day)),
                  fmt::format("the campaign begins on {}", to_text(pack.first_day)));
  }
  return closed(GateReason::date_unknown, "本箱尚未确认今天的日期，请联系工作人员",
                "this box does not know today's date, please ask the staff");
}

}  // namespace

std::string_view to_text(GateReason reason) {
  return kReasons.at(static_cast<std::size_t>(reason));
}

TrustedDate trusted_date(const DateSources& sources) {
  const ClockQuality quality = sources.now.quality;
  if (quality == ClockQuality::ntp || quality == ClockQuality::ledger) {
    return {shanghai_day(sources.now.time), true};
  }
  WallTime latest{};
  if (sources.pack_signed) latest = std::max(latest, *sources.pack_signed);
  if (sources.last_trusted_entry) latest = std::max(latest, *sources.last_trusted_entry);
  if (quality == ClockQuality::stored) latest = std::max(latest, sources.now.time);
  const Day earliest = shanghai_day(latest);
  if (sources.confirmed && *sources.confirmed >= earliest) return {*sources.confirmed, true};
  return {earliest, false};
}

Gate check_box(DoorState door, bool full) {
  if (door == DoorState::tampered) {
    return closed(GateReason::tampered, "箱门被异常打开，请联系工作人员",
                  "the door was opened without authority, please tell the staff");
  }
  if (door == DoorState::open) {
    return closed(GateReason::door_open, "箱门已打开", "the box is open");
  }
  if (full) {
    return closed(GateReason::box_full, "本箱已满，等待工作人员清点",
                  "this box is full and waits to be emptied");
  }
  return {GateReason::open, {}, {}};
}

Gate check_gate(const Result<CampaignPack>& pack, std::string_view box, TrustedDate today) {
  if (!pack) return unreadable(pack.error());
  const auto at = pack->boxes.find(std::string(box));
  if (at == pack->boxes.end()) {
    return closed(GateReason::box_not_in_pack, "活动资料包中没有本箱",
                  "this box is not in the campaign pack");
  }
  if (const auto missing = first_missing(*pack, at->second)) {
    return closed(GateReason::missing_disclosure, fmt::format("缺少公示信息（{}）", missing->zh),
                  fmt::format("a disclosure is missing ({})", missing->en),
                  std::string(missing->field));
  }
  return check_dates(*pack, today);
}

}  // namespace yijuan::domain
