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

TEST(OfficeOrigin, IsReadAndWritten) {
  const auto origin = OfficeOrigin::parse("ledger.example/office/12");
  ASSERT_TRUE(origin.has_value());
  EXPECT_EQ(origin->domain, "ledger.example");
  EXPECT_EQ(origin->number, 12U);
  EXPECT_EQ(origin->text(), "ledger.example/office/12");
  for (const char* bad :
       {"", "ledger.example/office/", "ledger.example/office/0", "ledger.example/office/01",
        "ledger.example/office/1/2", "ledger.example/office/1x", "/office/1", "a b/office/1",
        "ledger.example/office/1234567890", "ledger.example/box/a/0a1b2c3d"}) {
    EXPECT_FALSE(OfficeOrigin::parse(bad).has_value()) << bad;
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
