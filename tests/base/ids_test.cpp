#include "base/ids.hpp"

#include <gtest/gtest.h>

namespace yijuan {
namespace {

TEST(Origin, IsReadAndWritten) {
  const auto origin = Origin::parse("ledger.example/box/box-01/0a1b2c3d");
  ASSERT_TRUE(origin.has_value());
  EXPECT_EQ(origin->domain, "ledger.example");
  EXPECT_EQ(origin->box, "box-01");
  EXPECT_EQ(origin->epoch, "0a1b2c3d");
  EXPECT_EQ(origin->text(), "ledger.example/box/box-01/0a1b2c3d");
}

TEST(Origin, AnythingElseIsRefused) {
  for (const char* bad :
       {"", "/box//", "ledger.example/box/box-01", "ledger.example/box/box-01/0A1B2C3D",
        "ledger.example/box/box-01/0a1b2c3", "ledger.example/box/Box/0a1b2c3d",
        "ledger.example/box/a/b/0a1b2c3d", "ledger.example/office/1", "/box/a/0a1b2c3d",
        "ledger..example/box/a/0a1b2c3d", "-x/box/a/0a1b2c3d", "a b/box/a/0a1b2c3d",
        "ledger.example/box/../0a1b2c3d"}) {
    EXPECT_FALSE(Origin::parse(bad).has_value()) << bad;
  }
}

TEST(BoxId, IsShortAndPlain) {
  EXPECT_TRUE(is_box_id("a"));
  EXPECT_TRUE(is_box_id("market-01"));
  EXPECT_TRUE(is_box_id(std::string(32, 'x')));
  for (const std::string& bad : {std::string(), std::string(33, 'x'), std::string("-a"),
                                 std::string("A"), std::string("a/b"), std::string("a.b")}) {
    EXPECT_FALSE(is_box_id(bad)) << bad;
  }
}

}  // namespace
}  // namespace yijuan
