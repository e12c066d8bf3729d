// What a bill validator's bytes mean: ids, scaling, masks, events, its health, and what is
// commanded while a note is held.
#include <gtest/gtest.h>

#include "drivers/cctalk/note_escrow.hpp"
#include "drivers/cctalk/note_health.hpp"

namespace yijuan::cctalk {
namespace {

using namespace std::chrono_literals;

TEST(NoteId, IsSevenCharactersOfCountryValueAndIssue) {
  EXPECT_EQ(NoteId::parse("CN0100A"), (NoteId{.country = "CN", .value = 100, .issue = 'A'}));
  for (const auto* text : {"", ".......", "CN0100", "CN0100AA", "cn0100A", "CN01x0A", "CN01001"}) {
    EXPECT_FALSE(NoteId::parse(text)) << text;
  }
}

TEST(NoteScale, TellsWhatANoteIsWorthInFen) {
  const auto spec = NoteScale::parse(Bytes{100, 0, 2});
  ASSERT_TRUE(spec);
  EXPECT_EQ(spec->worth(1), yuan(1));
  EXPECT_EQ(spec->worth(100), yuan(100));
  EXPECT_EQ((NoteScale{.factor = 1, .decimals = 0}).worth(100), yuan(100));
  EXPECT_EQ((NoteScale{.factor = 1000, .decimals = 3}).worth(1), yuan(1));
  EXPECT_EQ((NoteScale{.factor = 65535, .decimals = 0}).worth(9999), yuan(9999 * 65535LL));
}

TEST(NoteScale, WhatIsNoWholeFenOrNoScaleHasNoWorth) {
  EXPECT_FALSE((NoteScale{.factor = 1, .decimals = 3}).worth(1));
  EXPECT_FALSE((NoteScale{.factor = 1, .decimals = 255}).worth(1));
  EXPECT_FALSE(NoteScale::parse(Bytes{0, 0, 0}));
  EXPECT_FALSE(NoteScale::parse(Bytes{100, 0}));
}

TEST(NoteMask, HasTheLengthThatTheDeviceTakes) {
  NoteMask mask;
  mask.add(1);
  mask.add(10);
  EXPECT_EQ(mask.data(2), (Bytes{0x01, 0x02}));
  EXPECT_EQ(mask.data(8), (Bytes{0x01, 0x02, 0, 0, 0, 0, 0, 0}));
  EXPECT_EQ(NoteMask::parse(mask.data(8)), mask);
  EXPECT_FALSE(NoteMask::parse({}));
  EXPECT_FALSE(NoteMask::parse(Bytes(9)));
}

TEST(NoteHealth, AFullStackerEndsByAnEventAndNotByASelfCheckThatNeverKnew) {
  NoteHealth health;
  health.event({0, 14});
  EXPECT_EQ(health.code(), "stacker full");
  health.self_check(0, "words");
  health.forget();
  EXPECT_EQ(health.code(), "stacker full");
  health.event({0, 10});
  EXPECT_TRUE(health.good());
  health.event({0, 14});
  health.self_check(45, "words");
  health.self_check(0, "words");
  EXPECT_TRUE(health.good());
}

TEST(NoteHealth, ARemovedStackerEndsWhenItIsInserted) {
  NoteHealth health;
  health.event({0, 11});
  EXPECT_EQ(health.code(), "stacker removed");
  health.event({0, 12});
  EXPECT_TRUE(health.good());
}

TEST(NoteHealth, JamsAndFaultsEndWhenTheSelfCheckIsGood) {
  for (const std::uint8_t code : {6, 7, 13, 15, 16, 19}) {
    NoteHealth health;
    health.event({0, code});
    EXPECT_FALSE(health.good()) << int{code};
    health.self_check(39, "words");
    EXPECT_EQ(health.code(), "jam");
    health.self_check(0, "words");
    EXPECT_TRUE(health.good()) << int{code};
  }
}

class EscrowTest : public testing::Test {
 protected:
  NoteEscrow escrow;
};

TEST_F(EscrowTest, NothingIsDueWithoutANote) {
  escrow.decide(0, NoteVerdict::stack, 1s);
  EXPECT_FALSE(escrow.due(1h));
  EXPECT_FALSE(escrow.next());
}

TEST_F(EscrowTest, AVerdictIsDueAtOnceAndOnceUntilItsEventMustHaveCome) {
  escrow.hold(5, 0s);
  EXPECT_FALSE(escrow.due(1s));
  escrow.decide(5, NoteVerdict::stack, 1s);
  EXPECT_EQ(escrow.due(1s), NoteRoute::stack);
  escrow.answered(NoteRoute::stack, RouteAnswer::done, 1s);
  EXPECT_FALSE(escrow.due(6s));
  EXPECT_EQ(escrow.due(7s), NoteRoute::stack);
}

TEST_F(EscrowTest, MoreTimeIsAskedForWhileNobodyDecidesThenTheNoteGoesBack) {
  escrow.hold(5, 0s);
  EXPECT_EQ(escrow.due(4s), NoteRoute::extend);
  escrow.answered(NoteRoute::extend, RouteAnswer::done, 4s);
  EXPECT_FALSE(escrow.due(5s));
  EXPECT_EQ(escrow.due(8s), NoteRoute::extend);
  escrow.answered(NoteRoute::extend, RouteAnswer::unknown, 8s);
  EXPECT_FALSE(escrow.due(9s));
  EXPECT_EQ(escrow.due(10s), NoteRoute::give_back);
}

TEST_F(EscrowTest, TheSameNoteInANewConnectionKeepsItsVerdictAndAnotherOneDoesNot) {
  escrow.hold(5, 0s);
  escrow.decide(5, NoteVerdict::give_back, 1s);
  escrow.answered(NoteRoute::give_back, RouteAnswer::done, 1s);
  escrow.hold(5, 2s);
  escrow.decide(5, NoteVerdict::stack, 2s);
  EXPECT_EQ(escrow.due(2s), NoteRoute::give_back);
  escrow.hold(6, 3s);
  EXPECT_FALSE(escrow.due(3s));
}

TEST_F(EscrowTest, AnEmptyEscrowIsGivenUpOnlyAfterItsEventHadTime) {
  escrow.hold(5, 0s);
  escrow.decide(5, NoteVerdict::stack, 0s);
  escrow.answered(NoteRoute::stack, RouteAnswer::empty, 0s);
  EXPECT_FALSE(escrow.given_up(9s));
  EXPECT_TRUE(escrow.given_up(10s));
  escrow.release();
  EXPECT_FALSE(escrow.given_up(10s));
}

TEST_F(EscrowTest, AnswersAreReadAsTheSpecificationHasThem) {
  EXPECT_EQ(read_route_answer(Bytes{}), RouteAnswer::done);
  EXPECT_EQ(read_route_answer(Bytes{254}), RouteAnswer::empty);
  EXPECT_EQ(read_route_answer(Bytes{255}), RouteAnswer::failed);
  EXPECT_EQ(read_route_answer(Bytes{7}), RouteAnswer::unknown);
  EXPECT_EQ(read_route_answer(std::nullopt), RouteAnswer::unknown);
}

}  // namespace
}  // namespace yijuan::cctalk
