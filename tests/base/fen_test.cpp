#include "base/fen.hpp"

#include <gtest/gtest.h>

namespace yijuan {
namespace {

TEST(Fen, IsWrittenInYuanWithTwoDecimals) {
  EXPECT_EQ(to_decimal(Fen(0)), "0.00");
  EXPECT_EQ(to_decimal(Fen(5)), "0.05");
  EXPECT_EQ(to_decimal(Fen(-123456)), "-1234.56");
  EXPECT_EQ(to_grouped(Fen(10700053)), "107,000.53");
  EXPECT_EQ(to_grouped(Fen(99999)), "999.99");
  EXPECT_EQ(to_grouped(Fen(-100000)), "-1,000.00");
  EXPECT_EQ(to_grouped(Fen(100000000)), "1,000,000.00");
  EXPECT_EQ(to_decimal(Fen(std::numeric_limits<std::int64_t>::min())), "-92233720368547758.08");
}

TEST(Fen, AddsOnlyWithinBounds) {
  const Fen largest(std::numeric_limits<std::int64_t>::max());
  EXPECT_FALSE(largest.plus(Fen(1)).has_value());
  EXPECT_EQ(yuan(1).plus(Fen(50)), Fen(150));
  EXPECT_DEATH(static_cast<void>(largest + Fen(1)), "money overflowed");
}

TEST(Fen, ReadsYuanExactly) {
  EXPECT_EQ(parse_yuan("12"), yuan(12));
  EXPECT_EQ(parse_yuan("12.3"), Fen(1230));
  EXPECT_EQ(parse_yuan("0.05"), Fen(5));
  for (const char* bad :
       {"", ".", "1.", ".5", "-1", "1.234", "1,000", "1e3", "12345678901", " 1"}) {
    EXPECT_FALSE(parse_yuan(bad).has_value()) << bad;
  }
}

}  // namespace
}  // namespace yijuan
