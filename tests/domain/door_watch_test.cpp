#include "domain/door_watch.hpp"

#include <gmock/gmock.h>

#include "domain/books.hpp"
#include "domain/gate.hpp"

namespace yijuan::domain {
namespace {

using namespace std::chrono_literals;

tlog::Door door(std::string state, std::string by) {
  return {"door", std::move(state), std::move(by)};
}

TEST(DoorWatch, AClosedDoorAtTheFirstStartIsNoNews) {
  DoorWatch watch;
  EXPECT_EQ(watch.contact("door", false, 0ms), std::nullopt);
  EXPECT_EQ(watch.contact("tilt", false, 0ms), std::nullopt);
  EXPECT_EQ(watch.state(), DoorState::closed);
}

TEST(DoorWatch, ADoorOpenedByNobodyIsATamperUntilItIsClosed) {
  DoorWatch watch;
  const auto opened = watch.contact("door", true, 1s);
  EXPECT_EQ(opened, door("opened", ""));
  EXPECT_TRUE(is_tamper(*opened));
  EXPECT_EQ(watch.state(), DoorState::tampered);
  EXPECT_EQ(watch.contact("door", true, 2s), std::nullopt);
  EXPECT_EQ(watch.contact("door", false, 3s), door("closed", ""));
  EXPECT_EQ(watch.state(), DoorState::closed);
}

TEST(DoorWatch, WhoUnlockedMayOpenOnceAndNothingIsATamperMeanwhile) {
  DoorWatch watch;
  EXPECT_EQ(watch.unlocked("boxctl uid 1000", 0s),
            (tlog::Door{"lock", "unlocked", "boxctl uid 1000"}));
  const auto opened = watch.contact("door", true, 10s);
  EXPECT_EQ(opened, door("opened", "boxctl uid 1000"));
  EXPECT_FALSE(is_tamper(*opened));
  EXPECT_EQ(watch.state(), DoorState::open);
  const auto moved = watch.contact("tilt", true, 11s);
  EXPECT_EQ(moved, (tlog::Door{"tilt", "moved", "boxctl uid 1000"}));
  EXPECT_FALSE(is_tamper(*moved));
  EXPECT_EQ(watch.contact("door", false, 20min), door("closed", "boxctl uid 1000"));
  EXPECT_EQ(watch.contact("door", true, 20min + 1s), door("opened", ""));
  EXPECT_EQ(watch.state(), DoorState::tampered);
}

TEST(DoorWatch, TheAuthorityToOpenEndsAfterFiveMinutes) {
  DoorWatch watch;
  watch.unlocked("boxctl uid 1000", 0s);
  EXPECT_EQ(watch.contact("door", true, 5min), door("opened", ""));
  EXPECT_EQ(watch.state(), DoorState::tampered);
}

TEST(DoorWatch, WhoComesToAnOpenDoorTakesItOver) {
  DoorWatch watch;
  watch.contact("door", true, 0s);
  watch.unlocked("boxctl uid 0", 1s);
  EXPECT_EQ(watch.state(), DoorState::open);
  EXPECT_EQ(watch.contact("door", false, 9min), door("closed", "boxctl uid 0"));
}

TEST(DoorWatch, ABoxThatIsMovedIsATamperUnlessSomebodyMay) {
  DoorWatch watch;
  const auto moved = watch.contact("tilt", true, 0s);
  ASSERT_TRUE(moved);
  EXPECT_TRUE(is_tamper(*moved));
  EXPECT_EQ(watch.contact("tilt", false, 1s), (tlog::Door{"tilt", "still", ""}));
  EXPECT_EQ(watch.state(), DoorState::closed);
}

TEST(DoorWatch, AfterARestartWhatTheLogSaysIsNotSaidAgain) {
  DoorWatch watch;
  watch.recall(door("opened", ""));
  EXPECT_EQ(watch.state(), DoorState::closed);  // not heard yet in this run
  EXPECT_EQ(watch.contact("door", true, 0s), std::nullopt);
  EXPECT_EQ(watch.state(), DoorState::tampered) << "a restart does not make it lawful";

  DoorWatch lawful;
  lawful.recall(door("opened", "boxctl uid 1000"));
  EXPECT_EQ(lawful.contact("door", true, 0s), std::nullopt);
  EXPECT_EQ(lawful.state(), DoorState::open);
}

TEST(DoorWatch, ADoorFoundOpenAtTheStartIsATamperIfTheLogLeftItClosed) {
  DoorWatch watch;
  watch.recall({"lock", "unlocked", "boxctl uid 1000"});  // before the power went
  watch.recall(door("closed", "boxctl uid 1000"));
  EXPECT_EQ(watch.contact("door", true, 0s), door("opened", ""));
}

TEST(DoorWatch, ADoorThatWasClosedWhileTheBoxWasOffIsToldAsClosed) {
  DoorWatch watch;
  watch.recall(door("opened", "boxctl uid 1000"));
  EXPECT_EQ(watch.contact("door", false, 0s), door("closed", "boxctl uid 1000"));
}

TEST(DoorWatch, ATakeOverIsStillKnownAfterARestart) {
  DoorWatch watch;
  watch.recall(door("opened", ""));
  watch.recall({"lock", "unlocked", "boxctl uid 1000"});
  EXPECT_EQ(watch.entries().at("door").authority, "boxctl uid 1000");
  watch.contact("door", true, 0s);
  EXPECT_EQ(watch.state(), DoorState::open);
}

TEST(DoorWatch, OtherContactsAreNotTheDoors) {
  DoorWatch watch;
  EXPECT_EQ(watch.contact("full", true, 0s), std::nullopt);
  EXPECT_EQ(watch.contact("mains", true, 0s), std::nullopt);
}

TEST(BoxGate, AnOpenedBoxAndAFullOneTakeNothingAndSayWhy) {
  EXPECT_TRUE(check_box(DoorState::closed, false).open());
  EXPECT_EQ(check_box(DoorState::open, true).reason, GateReason::door_open);
  EXPECT_EQ(check_box(DoorState::tampered, false).reason, GateReason::tampered);
  EXPECT_EQ(check_box(DoorState::closed, true).reason, GateReason::box_full);
  for (const auto state : {DoorState::open, DoorState::tampered}) {
    EXPECT_FALSE(check_box(state, false).text.zh.empty());
    EXPECT_FALSE(check_box(state, false).text.english().empty());
  }
  EXPECT_EQ(to_text(GateReason::box_full), "box_full");
}

}  // namespace
}  // namespace yijuan::domain
