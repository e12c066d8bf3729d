#include "base/time.hpp"

#include <gtest/gtest.h>

namespace yijuan {
namespace {

TEST(Time, IsWrittenAndReadToTheMillisecond) {
  for (const char* text : {"1970-01-01T00:00:00.000Z", "2026-10-17T01:02:03.004Z",
                           "2024-02-29T23:59:59.999Z", "9999-12-31T23:59:59.999Z"}) {
    const auto time = parse_rfc3339(text);
    ASSERT_TRUE(time.has_value()) << text;
    EXPECT_EQ(to_rfc3339(*time), text);
  }
  EXPECT_EQ(parse_rfc3339("1970-01-02T00:00:00.001Z")->time_since_epoch().count(), 86'400'001);
}

TEST(Time, OtherFormsAndImpossibleDatesAreRefused) {
  for (const char* bad :
       {"", "2026-10-17T01:02:03Z", "2026-10-17 01:02:03.004Z", "2026-10-17T01:02:03.004+08:00",
        "2026-02-29T00:00:00.000Z", "2026-13-01T00:00:00.000Z", "2026-00-01T00:00:00.000Z",
        "2026-10-17T24:00:00.000Z", "2026-10-17T01:60:00.000Z", "2026-10-17T01:02:60.000Z",
        "1969-12-31T23:59:59.999Z", "2026-1a-17T01:02:03.004Z", "-026-10-17T01:02:03.004Z"}) {
    EXPECT_FALSE(parse_rfc3339(bad).has_value()) << bad;
  }
}

TEST(ClockQuality, WorstComesFirst) {
  EXPECT_LT(ClockQuality::unset, ClockQuality::stored);
  EXPECT_LT(ClockQuality::ntp, ClockQuality::ledger);
  for (const char* text : {"unset", "stored", "ntp", "ledger"}) {
    EXPECT_EQ(to_text(*parse_clock_quality(text)), text);
  }
  EXPECT_FALSE(parse_clock_quality("good").has_value());
}

}  // namespace
}  // namespace yijuan
