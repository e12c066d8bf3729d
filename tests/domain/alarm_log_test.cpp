// Fraud and other alarms: all of them on record, and no storm.
#include "domain/alarm_log.hpp"

#include <gmock/gmock.h>

namespace yijuan::domain {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Entries = std::vector<tlog::Body>;

class AlarmLogTest : public ::testing::Test {
 protected:
  Entries raised(const char* text, Uptime now) { return log.raised("coin", text, now, health); }
  static tlog::Body fault(const char* code, const char* text) {
    return tlog::Fault{"coin alarm", code, text};
  }

  DeviceHealth health;
  AlarmLog log;
};

TEST_F(AlarmLogTest, TellsEachKindWhenItBegins) {
  EXPECT_THAT(raised("coin on string", 1s), ElementsAre(fault("coin on string", "coin on string")));
  EXPECT_THAT(raised("external light", 1s),
              ElementsAre(tlog::Body(tlog::Recovered{"coin alarm", "coin on string"}),
                          fault("external light", "external light")));
  EXPECT_EQ(health.fault("coin alarm")->code, "external light");
}

TEST_F(AlarmLogTest, TellsOneThatGoesOnOnceAnInterval) {
  raised("coin on string", 1s);
  for (int again = 0; again < 9; ++again) EXPECT_THAT(raised("coin on string", 2s), IsEmpty());
  EXPECT_THAT(raised("coin on string", 1s + 10min),
              ElementsAre(fault("coin on string", "coin on string, 11 times so far")));
  EXPECT_THAT(raised("coin on string", 2s + 10min), IsEmpty());
}

TEST_F(AlarmLogTest, TellsAtItsEndWhatWasNotTold) {
  raised("coin on string", 1s);
  raised("coin on string", 2s);
  EXPECT_THAT(log.over("coin", health),
              ElementsAre(fault("coin on string", "coin on string, 2 times so far"),
                          tlog::Body(tlog::Recovered{"coin alarm", "coin on string"})));
  EXPECT_EQ(health.fault("coin alarm"), nullptr);
  EXPECT_THAT(log.over("coin", health), IsEmpty());
  EXPECT_THAT(raised("coin on string", 3s), ElementsAre(fault("coin on string", "coin on string")));
}

TEST_F(AlarmLogTest, OneThatStandsSinceBeforeARestartIsNotToldAgain) {
  health.recall(tlog::Fault{"coin alarm", "slug", "slug"});
  EXPECT_THAT(raised("slug", 1s), IsEmpty());
  EXPECT_THAT(raised("slug", 1s + 10min), ElementsAre(fault("slug", "slug, 2 times so far")));
  EXPECT_THAT(log.over("note", health), IsEmpty());
  EXPECT_THAT(log.over("coin", health),
              ElementsAre(tlog::Body(tlog::Recovered{"coin alarm", "slug"})));
}

}  // namespace
}  // namespace yijuan::domain
