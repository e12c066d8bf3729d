// When the public log is brought up to date: once a day, after an opening, again after a failure.
#include "ledger/public/daily.hpp"

#include <gtest/gtest.h>

#include "async/sim_clock.hpp"
#include "async/task_group.hpp"
#include "ledger/errc.hpp"
#include "tests/support/temporary_directory.hpp"

namespace yijuan::ledger {
namespace {

using namespace std::chrono_literals;

class DailyTest : public ::testing::Test, public WallClock {
 protected:
  ~DailyTest() override {
    tasks.cancel();
    clock.settle();
  }
  // The wall clock follows the simulated one, unless it is set.
  [[nodiscard]] WallReading now() const override {
    return {.time = began + std::chrono::floor<std::chrono::milliseconds>(clock.now()),
            .quality = ClockQuality::ntp};
  }
  [[nodiscard]] std::string boot_id() const override { return "0123456789abcdef"; }
  [[nodiscard]] Uptime uptime() const override { return {}; }

  Task<Published> publish_once() {
    ++tries;
    if (fails) co_return Error(LedgerErrc::store_failed, "the disk is full");
    ++published;
    const domain::Day today = domain::shanghai_day(now().time);
    if (makes_digests && digest_is_due(publication, now().time)) {
      EXPECT_TRUE(publication.folder.put(published::Digest{today}, "").has_value());
    }
    co_return Published{};
  }
  void start() { tasks.spawn("daily", daily.run()); }

  test::TemporaryDirectory directory;
  asio::io_context context;
  SimClock clock{context};
  TaskGroup tasks{context.get_executor(),
                  [](std::string_view, const Error& error) { ADD_FAILURE() << error.message(); }};
  WallTime began = *parse_rfc3339("2026-10-16T16:00:00.000Z");  // midnight in Shanghai
  Publication publication{.folder = PublicFolder(directory.path() / "public"),
                          .domain = "ledger.example",
                          .at = 3h + 30min};
  int tries = 0;
  int published = 0;
  bool fails = false;
  bool makes_digests = true;
  DailyPublication daily{context.get_executor(), publication, clock, *this,
                         [this] { return publish_once(); }};
};

TEST_F(DailyTest, IsOnceADayAtItsTime) {
  start();
  clock.run_for(3h + 29min);
  EXPECT_EQ(published, 0);
  clock.run_for(2min);
  EXPECT_EQ(published, 1);
  clock.run_for(23h);
  EXPECT_EQ(published, 1);
  clock.run_for(1h);
  EXPECT_EQ(published, 2);
}

TEST_F(DailyTest, IsMadeUpForWhenTheLedgerStartsLater) {
  began += 9h;
  start();
  clock.run_for(1min);
  EXPECT_EQ(published, 1);
}

TEST_F(DailyTest, FollowsAWallClockThatIsSet) {
  start();
  clock.run_for(1h);
  began += 48h;
  clock.run_for(2min);
  EXPECT_EQ(published, 0) << "it is one in the morning";
  began += 3h;
  clock.run_for(2min);
  EXPECT_EQ(published, 1);
}

TEST_F(DailyTest, FollowsAnOpening) {
  start();
  clock.run_for(1h);
  daily.soon();
  clock.run_for(1s);
  EXPECT_EQ(published, 1);
  clock.run_for(2h);
  EXPECT_EQ(published, 1);
  clock.run_for(1h);
  EXPECT_EQ(published, 2);
}

TEST_F(DailyTest, IsOnceADayThoughNoDigestMayBeMade) {
  makes_digests = false;
  start();
  clock.run_for(4h);
  EXPECT_EQ(published, 1);
  clock.run_for(24h);
  EXPECT_EQ(published, 2);
}

TEST_F(DailyTest, IsTriedAgainAfterAFailure) {
  fails = true;
  start();
  clock.run_for(4h);
  EXPECT_GE(tries, 3);
  EXPECT_LE(tries, 5);
  fails = false;
  clock.run_for(11min);
  EXPECT_EQ(published, 1);
}

}  // namespace
}  // namespace yijuan::ledger
