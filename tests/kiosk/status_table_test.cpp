#include "kiosk/status_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace yijuan::kiosk {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(StatusTable, TellsMoneyThatIsInNoGiftOnLinesOfItsOwn) {
  boost::json::object status = {
      {"test", 3}, {"test_fen", 160}, {"disputed", 1}, {"disputed_fen", 10000}};
  const std::string text = status_table(status);
  EXPECT_THAT(text, HasSubstr("1.60 yuan in 3 pieces: in no gift, expected at the emptying"));
  EXPECT_THAT(text, HasSubstr("up to 100.00 yuan in 1 notes that may or may not be in the box"));
  EXPECT_THAT(status_table({}), Not(HasSubstr("disputed")));
}

}  // namespace
}  // namespace yijuan::kiosk
