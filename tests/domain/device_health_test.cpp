#include "domain/device_health.hpp"

#include <gmock/gmock.h>

namespace yijuan::domain {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Entries = std::vector<tlog::Body>;

TEST(DeviceHealth, TellsAFaultOnceHoweverOftenItIsReported) {
  DeviceHealth health;
  EXPECT_EQ(health.report("coin", "offline", "no answer"),
            Entries({tlog::Fault{"coin", "offline", "no answer"}}));
  for (int i = 0; i < 3; ++i) EXPECT_THAT(health.report("coin", "offline", "still"), IsEmpty());
  EXPECT_EQ(health.report("coin", "", ""), Entries({tlog::Recovered{"coin", "offline"}}));
  for (int i = 0; i < 3; ++i) EXPECT_THAT(health.report("coin", "", ""), IsEmpty());
}

TEST(DeviceHealth, SaysNothingOfADeviceThatWorksFromTheStart) {
  DeviceHealth health;
  EXPECT_THAT(health.report("printer", "", ""), IsEmpty());
  EXPECT_TRUE(health.works("printer"));
}

TEST(DeviceHealth, AnotherFaultEndsTheOneBefore) {
  DeviceHealth health;
  static_cast<void>(health.report("printer", "paper low", "soon"));
  EXPECT_EQ(health.report("printer", "paper out", "now"),
            Entries({tlog::Recovered{"printer", "paper low"},
                     tlog::Fault{"printer", "paper out", "now"}}));
}

TEST(DeviceHealth, KnowsWhatWorksAndWhatDoesNot) {
  DeviceHealth health;
  EXPECT_FALSE(health.works("coin"));  // nobody has heard of it
  static_cast<void>(health.report("coin", "", ""));
  static_cast<void>(health.report("printer", "paper out", "no paper"));
  EXPECT_TRUE(health.works("coin"));
  EXPECT_FALSE(health.works("printer"));
  EXPECT_EQ(health.fault("coin"), nullptr);
  ASSERT_NE(health.fault("printer"), nullptr);
  EXPECT_EQ(health.fault("printer")->text, "no paper");
  EXPECT_THAT(health.faults(), ElementsAre(tlog::Fault{"printer", "paper out", "no paper"}));
  EXPECT_THAT(health.working(), ElementsAre("coin"));
}

TEST(DeviceHealth, ARestartNeitherRepeatsNorForgetsAFault) {
  DeviceHealth lasting;
  lasting.recall(tlog::Fault{"coin", "offline", "no answer"});
  EXPECT_THAT(lasting.report("coin", "offline", "no answer"), IsEmpty());

  DeviceHealth ended;
  ended.recall(tlog::Fault{"coin", "offline", "no answer"});
  EXPECT_EQ(ended.report("coin", "", ""), Entries({tlog::Recovered{"coin", "offline"}}));

  DeviceHealth again;
  again.recall(tlog::Fault{"coin", "offline", "no answer"});
  again.recall(tlog::Recovered{"coin", "offline"});
  EXPECT_FALSE(again.works("coin"));
  EXPECT_EQ(again.report("coin", "offline", "x").size(), 1u);
}

TEST(DeviceHealth, RecallsItsOwnEntriesToTheSameState) {
  DeviceHealth health, other;
  const char* codes[] = {"offline", "", "jam", "jam", "offline", "", "", "jam"};
  for (const char* code : codes) {
    for (const tlog::Body& body : health.report("coin", code, code)) other.recall(body);
    EXPECT_EQ(health.faults(), other.faults());
  }
}

TEST(DeviceHealth, AForgottenDeviceNeitherWorksNorFails) {
  DeviceHealth health;
  health.report("note", "stacker full", "the note box is full");
  EXPECT_EQ(health.forget("note"), (tlog::Recovered{"note", "stacker full"}));
  EXPECT_FALSE(health.works("note"));
  EXPECT_TRUE(health.faults().empty());
  EXPECT_EQ(health.report("note", "offline", "no answer").size(), 1U);
}

}  // namespace
}  // namespace yijuan::domain
