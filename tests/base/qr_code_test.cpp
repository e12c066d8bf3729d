#include "base/qr_code.hpp"

#include <gtest/gtest.h>

#include <string>

namespace yijuan {
namespace {

TEST(QrCode, HasItsFindersAndGrowsWithItsText) {
  const auto small = make_qr_code("https://example.org");
  ASSERT_TRUE(small.has_value());
  EXPECT_EQ(small->size, 25);  // version 2 holds 26 bytes at level M
  for (const auto& [x, y] : {std::pair(0, 0), std::pair(small->size - 7, 0)}) {
    EXPECT_TRUE(small->black(x, y));
    EXPECT_FALSE(small->black(x + 1, y + 1));
    EXPECT_TRUE(small->black(x + 3, y + 3));
  }
  const auto large = make_qr_code(std::string(250, 'a'));
  ASSERT_TRUE(large.has_value());
  EXPECT_GT(large->size, small->size);
}

TEST(QrCode, NothingAndTooMuchAreRefused) {
  EXPECT_FALSE(make_qr_code("").has_value());
  EXPECT_TRUE(make_qr_code(std::string(2331, 'a')).has_value());
  EXPECT_FALSE(make_qr_code(std::string(2332, 'a')).has_value());
}

}  // namespace
}  // namespace yijuan
