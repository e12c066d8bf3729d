#include "kiosk/test_watch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>

namespace yijuan::kiosk {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class TestWatchTest : public testing::Test {
 protected:
  asio::io_context context;
  TestWatch watch{context.get_executor()};

  static CashReport report(std::string device, std::vector<CashEvent> events) {
    CashReport all;
    all.mark.device = std::move(device);
    all.events = std::move(events);
    return all;
  }
};

TEST_F(TestWatchTest, WithoutATestNothingIsKept) {
  watch.hear(report("coin", {CashAccepted{1, 1, Fen(100)}}));
  EXPECT_THAT(watch.take(), IsEmpty());
  EXPECT_EQ(watch.pieces(), 0U);
}

TEST_F(TestWatchTest, OnlyTheTestedDeviceIsHeard) {
  watch.begin("coin");
  watch.hear(report("note", {CashAccepted{1, 1, Fen(1000)}}));
  watch.hear(DeviceState{"coins", "offline", "no"});
  watch.hear(ContactChanged{"door", true});
  watch.hear(DeviceState{"coin-table", "table mismatch", "position 2"});
  EXPECT_THAT(watch.take(), ElementsAre("coin-table: position 2"));
}

TEST_F(TestWatchTest, PiecesAreCountedAndWhatWentWrongIsSaid) {
  watch.begin("coin");
  watch.hear(report("coin", {CashAccepted{5, 1, Fen(100)},
                             CashReturned{254, "flight deck", false, true, false}}));
  EXPECT_TRUE(watch.told().is_set());
  EXPECT_THAT(watch.take(),
              ElementsAre("1.00 yuan, position 1, counter 5: test money, counts at the emptying",
                          "ALARM, perhaps not returned: flight deck (code 254)"));
  EXPECT_FALSE(watch.told().is_set());
  EXPECT_EQ(watch.sum(), Fen(100));
  watch.begin("coin");
  EXPECT_EQ(watch.pieces(), 0U);
}

TEST_F(TestWatchTest, AFloodIsCutOffWhileNobodyReads) {
  watch.begin("scanner");
  for (int i = 0; i < 10'000; ++i) watch.hear(Scan{"badge", {}});
  EXPECT_LE(watch.take().size(), 256U);
}

}  // namespace
}  // namespace yijuan::kiosk
