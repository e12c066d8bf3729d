#include "domain/business_day.hpp"

#include <gtest/gtest.h>

namespace yijuan::domain {
namespace {

using namespace std::chrono_literals;

WallTime at(std::string_view text) {
  return parse_rfc3339(text).value();
}
std::string day_of(WallReading reading, Uptime up, std::optional<BootAnchor> anchor,
                   std::string_view received) {
  return to_text(business_day(reading, up, anchor, at(received)));
}

constexpr std::string_view kReceived = "2026-10-20T03:00:00.000Z";

TEST(BusinessDay, TurnsAtMidnightInShanghai) {
  EXPECT_EQ(to_text(shanghai_day(at("2026-10-17T15:59:59.999Z"))), "2026-10-17");
  EXPECT_EQ(to_text(shanghai_day(at("2026-10-17T16:00:00.000Z"))), "2026-10-18");
  EXPECT_EQ(to_text(shanghai_day(at("2026-12-31T16:00:00.000Z"))), "2027-01-01");
  EXPECT_EQ(to_text(shanghai_day(at("2024-02-28T16:00:00.000Z"))), "2024-02-29");
  EXPECT_EQ(to_text(shanghai_day(at("1970-01-01T00:00:00.000Z"))), "1970-01-01");
}

TEST(BusinessDay, WritesLocalTime) {
  EXPECT_EQ(shanghai_text(at("2026-10-17T01:02:03.004Z")), "2026-10-17 09:02");
  EXPECT_EQ(shanghai_text(at("2026-10-17T01:02:03.004Z"), true), "2026-10-17 09:02:03");
  EXPECT_EQ(shanghai_text(at("2026-12-31T16:05:00.000Z")), "2027-01-01 00:05");
}

TEST(BusinessDay, ReadsOnlyDaysThatExist) {
  EXPECT_EQ(to_text(parse_day("2028-02-29").value()), "2028-02-29");
  for (const char* bad : {"", "2026-02-29", "2026-13-01", "2026-00-10", "2026-1-1", "2026-01-00",
                          "2026/01/01", "2026-01-01 ", "20a6-01-01", "0001-01-01", "-026-01-01"}) {
    EXPECT_FALSE(parse_day(bad).has_value()) << bad;
  }
}

TEST(BusinessDay, BelievesATrustedClock) {
  const WallReading ntp{at("2026-10-17T15:59:00.000Z"), ClockQuality::ntp};
  EXPECT_EQ(day_of(ntp, 1h, {}, kReceived), "2026-10-17");
  const WallReading ledger{at("2026-10-17T16:01:00.000Z"), ClockQuality::ledger};
  EXPECT_EQ(day_of(ledger, 1h, BootAnchor{at("2026-10-01T00:00:00.000Z"), 1h}, kReceived),
            "2026-10-18");
}

TEST(BusinessDay, IsNeverAfterTheLedgerReceivedTheEntry) {
  const WallReading ahead{at("2036-10-17T00:00:00.000Z"), ClockQuality::ntp};
  EXPECT_EQ(day_of(ahead, 1h, {}, kReceived), "2026-10-20");
  const WallReading unset{at("1970-01-01T00:00:00.000Z"), ClockQuality::unset};
  EXPECT_EQ(day_of(unset, 100h, BootAnchor{at("2026-10-19T00:00:00.000Z"), 1h}, kReceived),
            "2026-10-20");
}

TEST(BusinessDay, PlacesAnUntrustedEntryByItsBoot) {
  const WallReading unset{at("1970-01-01T00:10:00.000Z"), ClockQuality::unset};
  // The clock was set when the boot was 30 h old; the entry was written in its first hour.
  const BootAnchor anchor{at("2026-10-19T03:00:00.000Z"), 30h};
  EXPECT_EQ(day_of(unset, 1h, anchor, kReceived), "2026-10-18");
  EXPECT_EQ(day_of(unset, 15h, anchor, kReceived), "2026-10-18");
  EXPECT_EQ(day_of(unset, 22h, anchor, kReceived), "2026-10-19");
  const WallReading stored{at("2026-09-01T00:00:00.000Z"), ClockQuality::stored};
  EXPECT_EQ(day_of(stored, 1h, anchor, kReceived), "2026-10-18");
}

TEST(BusinessDay, BelievesAStoredClockWithinReason) {
  const auto stored = [](std::string_view text) {
    return WallReading{at(text), ClockQuality::stored};
  };
  EXPECT_EQ(day_of(stored("2026-10-18T00:00:00.000Z"), 1h, {}, kReceived), "2026-10-18");
  EXPECT_EQ(day_of(stored("2026-10-21T00:00:00.000Z"), 1h, {}, kReceived), "2026-10-20");
  EXPECT_EQ(day_of(stored("2016-10-18T00:00:00.000Z"), 1h, {}, kReceived), "2026-10-20");
}

TEST(BusinessDay, FallsBackToTheDayOfReceipt) {
  const WallReading unset{at("2026-10-18T00:00:00.000Z"), ClockQuality::unset};
  EXPECT_EQ(day_of(unset, 1h, {}, kReceived), "2026-10-20");
}

TEST(BusinessDay, IgnoresUptimesThatCannotBe) {
  const WallReading unset{at("2026-10-18T00:00:00.000Z"), ClockQuality::unset};
  const BootAnchor anchor{at("2026-10-19T03:00:00.000Z"), 30h};
  EXPECT_EQ(day_of(unset, Uptime::max(), anchor, kReceived), "2026-10-20");
  EXPECT_EQ(day_of(unset, Uptime::min(), anchor, kReceived), "2026-10-20");
  EXPECT_EQ(day_of(unset, 1h, BootAnchor{anchor.at, Uptime::max()}, kReceived), "2026-10-20");
}

}  // namespace
}  // namespace yijuan::domain
