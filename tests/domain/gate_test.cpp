#include "domain/gate.hpp"

#include <gmock/gmock.h>

#include "sample_pack.hpp"

namespace yijuan::domain {
namespace {

using testing::HasSubstr;

Day day(std::string_view text) {
  return parse_day(text).value();
}
WallTime at(std::string_view text) {
  return parse_rfc3339(text).value();
}
Gate gate_on(std::string_view today, bool exact, const CampaignPack& pack = sample()) {
  return check_gate(pack, "school-1", {day(today), exact});
}

TEST(Gate, OpensInsideTheDatesBothEndsIncluded) {
  for (const char* today : {"2026-10-11", "2026-12-31", "2027-10-10"}) {
    EXPECT_TRUE(gate_on(today, true).open()) << today;
    EXPECT_TRUE(gate_on(today, false).open()) << today;
  }
  EXPECT_EQ(gate_on("2026-10-11", true).text, Text());
}

TEST(Gate, BeforeTheDatesItSaysWhen) {
  const Gate gate = gate_on("2026-10-10", true);
  EXPECT_EQ(gate.reason, GateReason::not_begun);
  EXPECT_EQ(gate.text.zh, "暂停接受捐赠：活动将于2026-10-11开始");
  EXPECT_EQ(gate.text.en, "Not taking gifts: the campaign begins on 2026-10-11");
}

TEST(Gate, AfterTheDatesItIsOverHoweverTheDayIsKnown) {
  EXPECT_EQ(gate_on("2027-10-11", true).reason, GateReason::ended);
  EXPECT_EQ(gate_on("2027-10-11", false).reason, GateReason::ended);
}

TEST(Gate, ADayThatMayBeLaterIsUnknownBeforeTheDates) {
  const Gate gate = gate_on("2026-10-10", false);
  EXPECT_EQ(gate.reason, GateReason::date_unknown);
  EXPECT_THAT(gate.text.zh, HasSubstr("日期"));
}

TEST(Gate, WithoutAReadablePackItSaysWhy) {
  const TrustedDate today{day("2026-10-17"), true};
  EXPECT_EQ(check_gate(DomainErrc::pack_missing, "school-1", today).reason, GateReason::no_pack);
  EXPECT_EQ(check_gate(DomainErrc::pack_signature, "school-1", today).reason,
            GateReason::bad_signature);
  const Gate bad =
      check_gate(Error(DomainErrc::pack_malformed, "filing is missing"), "school-1", today);
  EXPECT_EQ(bad.reason, GateReason::bad_pack);
  EXPECT_EQ(bad.field, "filing is missing");
  for (const DomainErrc code :
       {DomainErrc::pack_missing, DomainErrc::pack_signature, DomainErrc::pack_malformed}) {
    const Gate gate = check_gate(code, "school-1", today);
    EXPECT_FALSE(gate.open());
    EXPECT_FALSE(gate.text.zh.empty());
    EXPECT_FALSE(gate.text.en.empty());
  }
}

TEST(Gate, ABoxThatThePackDoesNotNameStaysClosed) {
  const Gate gate = check_gate(sample(), "elsewhere-1", {day("2026-10-17"), true});
  EXPECT_EQ(gate.reason, GateReason::box_not_in_pack);
}

TEST(Gate, NamesEveryMissingDisclosure) {
  const std::pair<const char*, std::function<void(CampaignPack&)>> cases[] = {
      {"name", [](CampaignPack& pack) { pack.name.zh = ""; }},
      {"fundraiser.name", [](CampaignPack& pack) { pack.fundraiser.name.zh = ""; }},
      {"fundraiser.certificate", [](CampaignPack& pack) { pack.fundraiser.certificate = ""; }},
      {"partners.name", [](CampaignPack& pack) { pack.partners[1].name.zh = ""; }},
      {"partners.agreement", [](CampaignPack& pack) { pack.partners[0].agreement = ""; }},
      {"filing", [](CampaignPack& pack) { pack.filing = ""; }},
      {"plan", [](CampaignPack& pack) { pack.plan.zh = ""; }},
      {"contact", [](CampaignPack& pack) { pack.contact = ""; }},
      {"supervision_phone", [](CampaignPack& pack) { pack.supervision_phone = ""; }},
      {"query", [](CampaignPack& pack) { pack.query.zh = ""; }},
      {"boxes.place", [](CampaignPack& pack) { pack.boxes["school-1"].place.zh = ""; }},
      {"boxes.host", [](CampaignPack& pack) { pack.boxes["school-1"].host.zh = ""; }},
  };
  for (const auto& [field, remove] : cases) {
    CampaignPack pack = sample();
    remove(pack);
    const Gate gate = gate_on("2026-10-17", true, pack);
    EXPECT_EQ(gate.reason, GateReason::missing_disclosure) << field;
    EXPECT_EQ(gate.field, field);
    EXPECT_THAT(gate.text.zh, HasSubstr("缺少公示信息"));
  }
}

TEST(Gate, AnotherBoxWithoutAHostDoesNotCloseThisOne) {
  CampaignPack pack = sample();
  pack.boxes["market-1"].host.zh = "";
  EXPECT_TRUE(gate_on("2026-10-17", true, pack).open());
}

TEST(Gate, ACharityOfItsOwnNeedsNoPartner) {
  CampaignPack pack = sample();
  pack.partners.clear();
  EXPECT_TRUE(gate_on("2026-10-17", true, pack).open());
}

TEST(Gate, ReasonsHaveStableWords) {
  EXPECT_EQ(to_text(GateReason::open), "open");
  EXPECT_EQ(to_text(GateReason::box_not_in_pack), "box_not_in_pack");
  EXPECT_EQ(to_text(GateReason::missing_disclosure), "missing_disclosure");
  EXPECT_EQ(to_text(GateReason::date_unknown), "date_unknown");
}

// ---- today

std::string today(const DateSources& sources) {
  const TrustedDate date = trusted_date(sources);
  return to_text(date.day) + (date.exact ? " exact" : " or later");
}

TEST(TrustedDate, ATrustedClockIsToday) {
  for (const ClockQuality quality : {ClockQuality::ntp, ClockQuality::ledger}) {
    EXPECT_EQ(today({{at("2026-10-16T16:30:00.000Z"), quality},
                     at("2027-01-01T00:00:00.000Z"),
                     at("2027-01-01T00:00:00.000Z"),
                     day("2027-01-01")}),
              "2026-10-17 exact");
  }
}

TEST(TrustedDate, AnUnsetClockSaysNothing) {
  EXPECT_EQ(today({{at("2026-12-01T00:00:00.000Z"), ClockQuality::unset},
                   at("2026-09-28T00:00:00.000Z"),
                   {},
                   {}}),
            "2026-09-28 or later");
  EXPECT_EQ(today({{at("2026-12-01T00:00:00.000Z"), ClockQuality::unset}, {}, {}, {}}),
            "1970-01-01 or later");
}

TEST(TrustedDate, TheLatestBoundCounts) {
  const WallTime early = at("2026-09-28T00:00:00.000Z");
  const WallTime middle = at("2026-10-12T00:00:00.000Z");
  const WallTime late = at("2026-10-20T00:00:00.000Z");
  EXPECT_EQ(today({{early, ClockQuality::stored}, middle, late, {}}), "2026-10-20 or later");
  EXPECT_EQ(today({{middle, ClockQuality::stored}, late, early, {}}), "2026-10-20 or later");
  EXPECT_EQ(today({{late, ClockQuality::stored}, early, middle, {}}), "2026-10-20 or later");
}

TEST(TrustedDate, TwoVolunteersMayConfirmTheDayOfABoxWithoutAClock) {
  EXPECT_EQ(today({{at("1970-01-01T00:00:00.000Z"), ClockQuality::unset},
                   at("2026-09-28T00:00:00.000Z"),
                   {},
                   day("2026-10-17")}),
            "2026-10-17 exact");
}

// The last trusted entry proves that today is not before it.
TEST(TrustedDate, AConfirmedDayCannotGoBackBehindWhatIsProven) {
  EXPECT_EQ(today({{at("1970-01-01T00:00:00.000Z"), ClockQuality::unset},
                   at("2026-09-28T00:00:00.000Z"),
                   at("2027-11-01T00:00:00.000Z"),
                   day("2026-10-17")}),
            "2027-11-01 or later");
}

}  // namespace
}  // namespace yijuan::domain
