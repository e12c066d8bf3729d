// Who is refused over HTTP, and who hears of it how often.
#include <algorithm>

#include "ledger/reports/reports.hpp"
#include "net/errc.hpp"
#include "sync/epoch.hpp"
#include "tests/ledger/api_sync_fixture.hpp"

namespace yijuan::ledger {
namespace {

class ApiSyncRefusalsTest : public ApiSyncTest {};

TEST_F(ApiSyncRefusalsTest, UnpacksNothingThatIsWrappedOnceMore) {
  for (const char* wrapping : {"gzip", "deflate", "br", "zstd", "identity", ""}) {
    auto wrapped = batch_request(log.batch(0));
    wrapped.fields.emplace_back("content-encoding", wrapping);
    EXPECT_EQ(ask(wrapped).status, 415U) << wrapping;
  }
  EXPECT_EQ(store->log(log.origin()).value()->size(), 0U);
}

TEST_F(ApiSyncRefusalsTest, AThousandRequestsOfARevokedBoxAreOneAlarmAndOneLine) {
  ASSERT_TRUE(store->set_status(log.box(), BoxStatus::revoked).has_value());
  ::testing::internal::CaptureStderr();
  for (int i = 0; i < 500; ++i) {
    EXPECT_EQ(ask(log.batch(0)).status, 403U);
    EXPECT_EQ(beat(log.origin()).status, 403U);
  }
  const std::string lines = ::testing::internal::GetCapturedStderr();
  EXPECT_EQ(std::ranges::count(lines, '\n'), 1) << lines;
  ASSERT_EQ(alarms().size(), 1U);
  EXPECT_EQ(alarms()[0].code, "revoked");
  EXPECT_EQ(alarms()[0].count, 1U);
  wall_clock.time += kRefusalInterval;
  ASSERT_TRUE(test::run_task(context, api->keep_alarms()).has_value());
  EXPECT_EQ(alarms()[0].count, 1000U);
  EXPECT_NE(format_json(*sync_report(*store)).find("revoked: "), std::string::npos);
}

TEST_F(ApiSyncRefusalsTest, AnAlarmThatTheStoreCouldNotTakeIsKeptForLater) {
  failing.mode = FailingStore::Mode::away;
  api->refused(refused_connection({"", "192.0.2.7:1", {}},
                                  Error(NetErrc::untrusted, "self-signed certificate"),
                                  wall_clock.time));
  EXPECT_FALSE(test::run_task(context, api->keep_alarms()).has_value());
  failing.mode = FailingStore::Mode::none;
  EXPECT_TRUE(alarms().empty());
  ASSERT_TRUE(test::run_task(context, api->keep_alarms()).has_value());
  ASSERT_EQ(alarms().size(), 1U);
  // Of no box: a row of its own.
  EXPECT_NE(format_json(*sync_report(*store)).find("self-signed"), std::string::npos);
}

TEST_F(ApiSyncRefusalsTest, AnOlderKeyOfABoxIsListenedToNoLonger) {
  auto stolen = batch_request(log.batch(0));
  stolen.peer.key = Hash{5};
  EXPECT_EQ(ask(stolen).status, 403U);
  stolen.target = sync::kEpochsPath;
  EXPECT_EQ(ask(stolen).status, 403U);
  ASSERT_EQ(alarms().size(), 1U);
  EXPECT_EQ(alarms()[0].code, "old-key");
  EXPECT_EQ(store->log(log.origin()).value()->size(), 0U);
}

TEST_F(ApiSyncRefusalsTest, ABoxThatSendsAnothersLogIsAnAlarmOfThatLog) {
  test::BoxLog other("market-02", 2);
  enrol(other);
  other.add_coin(yuan(1));
  EXPECT_EQ(ask(other.batch(0)).status, 403U);  // by market-01
  ASSERT_EQ(alarms().size(), 1U);
  EXPECT_EQ(alarms()[0].code, "wrong-box");
  EXPECT_EQ(alarms()[0].box, "market-01");
  EXPECT_EQ(alarms()[0].origin, other.origin());
  EXPECT_EQ(store->log(other.origin()).value()->size(), 0U);
  test::BoxLog unknown("market-03", 3);  // the ledger knows no such log: nobody's
  EXPECT_EQ(ask(unknown.batch(0)).status, 403U);
  EXPECT_EQ(alarms().size(), 1U);
}

}  // namespace
}  // namespace yijuan::ledger
