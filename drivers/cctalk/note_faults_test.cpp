// What bill validators get wrong and lines do to them: jams, fraud, stackers, refused routing,
// missing headers, damaged replies, tables that do not match.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "drivers/cctalk/note_bench.hpp"

namespace yijuan::cctalk {
namespace {

using namespace std::chrono_literals;
using cctalk_fake::Fault;
using cctalk_fake::Jam;
using cctalk_fake::Missing;
using cctalk_fake::NoteEntry;
using cctalk_fake::NoteFate;
using cctalk_fake::ValidatorMake;
using testing::HasSubstr;

// --- the path

TEST(NoteFaults, RejectsAreReturnedAndFraudIsAnAlarm) {
  NoteBench bench;
  bench.start();
  bench.settle_in();
  for (const int code : {2, 3, 8, 9, 17, 18}) bench.device.raise(bench.clock.now(), code);
  bench.run_for(1s);
  // Five of six: the oldest fell out of the device's memory between two polls.
  EXPECT_EQ(bench.ledger.lost, 1U);
  ASSERT_EQ(bench.ledger.returned.size(), 5U);
  EXPECT_FALSE(bench.ledger.returned[0].alarm);
  EXPECT_EQ(bench.ledger.returned[1].text, "note pulled backwards");
  for (std::size_t at = 1; at < 5; ++at) EXPECT_TRUE(bench.ledger.returned[at].alarm);
}

TEST(NoteFaults, AJamOutOfReachDisputesTheHeldNoteAndShutsTheSlotUntilTheSelfCheckIsGood) {
  NoteBench bench;
  bench.verdict.reset();
  bench.start();
  bench.settle_in();
  bench.note(6, 1s);
  bench.device.jam(bench.clock.now(), Jam::unreachable);
  bench.run_for(3s);
  EXPECT_EQ(bench.ledger.disputed.size(), 1U);
  EXPECT_EQ(bench.state(), "jam");
  EXPECT_FALSE(bench.driver->open());
  bench.device.clear_jam(bench.clock.now());
  bench.run_for(3s);
  EXPECT_EQ(bench.state(), "");
  EXPECT_TRUE(bench.driver->open());
  EXPECT_TRUE(bench.ledger.credited.empty());
}

TEST(NoteFaults, AJamWithinReachIsAnAlarmAndTheNoteComesBackWhenItIsFreed) {
  NoteBench bench;
  bench.verdict.reset();
  bench.start();
  bench.settle_in();
  bench.note(6, 1s);
  bench.device.jam(bench.clock.now(), Jam::reachable);
  bench.run_for(3s);
  EXPECT_EQ(bench.state(), "jam");
  ASSERT_FALSE(bench.ledger.returned.empty());
  EXPECT_TRUE(bench.ledger.returned[0].alarm);
  EXPECT_FALSE(bench.ledger.returned[0].returned);
  bench.device.clear_jam(bench.clock.now());
  bench.run_for(5s);
  EXPECT_EQ(bench.ledger.given_back, 1);
  EXPECT_EQ(bench.state(), "");
}

TEST(NoteFaults, AJamInTheStackerIsCreditedWhenItIsFreed) {
  NoteBench bench({.moving = 2s});
  bench.start();
  bench.settle_in();
  bench.note(6, 1500ms);
  bench.device.jam(bench.clock.now(), Jam::stacker);
  bench.run_for(5s);
  EXPECT_TRUE(bench.ledger.credited.empty());
  EXPECT_EQ(bench.state(), "jam");
  bench.device.clear_jam(bench.clock.now());
  bench.run_for(5s);
  EXPECT_EQ(bench.ledger.credited.size(), 1U);
  EXPECT_EQ(bench.state(), "");
}

TEST(NoteFaults, ARestartWhoseReportNeverReachedTheDiskIsToldByTheNextProcess) {
  NoteBench bench;
  bench.verdict.reset();
  bench.start();
  bench.settle_in();
  bench.note(6, 1s);
  const auto on_disk = bench.mark;
  bench.facts->set_working(true);             // from here on nothing becomes durable
  bench.device.cut_power(bench.clock.now());  // the note comes back, which counts up to the mark
  bench.run_for(10s);
  ASSERT_EQ(bench.device.counter(), on_disk->counter);
  bench.kill();
  bench.ledger.restarts = 0;
  bench.mark = on_disk;
  bench.start();
  bench.settle_in();
  EXPECT_EQ(bench.ledger.restarts, 1);
}

TEST(NoteFaults, ARestartWhileItIsBroughtUpDoesNotLeaveItWithoutItsEscrow) {
  // At every moment of the bringing-up, of a device that answers slowly and counts from 0.
  for (auto moment = 200ms; moment < 4s; moment += 100ms) {
    NoteBench bench({.answer_after = 100ms});
    bench.start();
    bench.run_for(moment);
    bench.device.cut_power(bench.clock.now());
    bench.run_for(20s);
    ASSERT_TRUE(bench.driver->open()) << moment.count();
    bench.note();
    EXPECT_EQ(bench.held().size(), 1U) << moment.count();
    EXPECT_EQ(bench.ledger.credited.size(), 1U) << moment.count();
  }
}

TEST(NoteFaults, AMaskThatTheDriverItselfTurnedOffIsNoRestart) {
  NoteBench bench({.missing = {{227, Missing::silent}, {228, Missing::silent}}});
  bench.start();
  bench.run_for(10s);
  ASSERT_TRUE(bench.driver->open());
  bench.driver->accept(false);
  while (bench.device.mask() != 0) bench.run_for(1ms);
  bench.port.unplug();  // before the mark that says so
  bench.run_for(2s);
  bench.port.plug();
  bench.run_for(10s);
  EXPECT_EQ(bench.ledger.restarts, 0);
}

TEST(NoteFaults, ANotePulledOutOfTheEscrowIsDisputed) {
  for (const bool seen : {true, false}) {
    NoteBench bench;
    bench.verdict.reset();
    bench.start();
    bench.settle_in();
    bench.note(6, 1s);
    bench.device.pull_out(bench.clock.now(), seen);
    bench.driver->decide(bench.held()[0].counter, NoteVerdict::stack);
    bench.run_for(15s);
    EXPECT_EQ(bench.ledger.disputed.size(), 1U) << seen;
    EXPECT_TRUE(bench.ledger.credited.empty()) << seen;
  }
}

TEST(NoteFaults, ANoteThatTheDeviceCannotNameIsLostOrDisputed) {
  NoteBench bench;
  bench.verdict.reset();
  bench.start();
  bench.settle_in();
  bench.device.stack_unknown(bench.clock.now());
  bench.run_for(1s);
  EXPECT_EQ(bench.ledger.lost, 1U);
  bench.note(6, 1s);
  bench.device.stack_unknown(bench.clock.now());
  bench.run_for(1s);
  EXPECT_EQ(bench.ledger.lost, 1U);
  EXPECT_EQ(bench.ledger.disputed.size(), 1U);
}

TEST(NoteFaults, RoutingThatFailsIsTriedAgain) {
  NoteBench bench;
  bench.device.fail_routes(3);
  bench.start();
  bench.settle_in();
  bench.note(6, 5s);
  EXPECT_EQ(bench.ledger.credited.size(), 1U);
}

TEST(NoteFaults, RoutingThatFailsTooOftenGivesTheNoteBack) {
  NoteBench bench;
  bench.device.fail_routes(8);
  bench.start();
  bench.settle_in();
  bench.note(6, 10s);
  EXPECT_TRUE(bench.ledger.credited.empty());
  EXPECT_EQ(bench.ledger.given_back, 1);
}

TEST(NoteFaults, RoutingThatFailsForeverEndsAsDisputed) {
  NoteBench bench({.holding = 3600s});
  bench.device.fail_routes(1'000'000);
  bench.start();
  bench.settle_in();
  bench.note(6, 70s);
  EXPECT_EQ(bench.ledger.disputed.size(), 1U);
  EXPECT_TRUE(bench.ledger.credited.empty());
}

TEST(NoteFaults, ANoteGivenBackInSpiteOfTheAckIsReturnedAndNotCredited) {
  NoteBench bench;
  bench.device.betray_next_stack();
  bench.start();
  bench.settle_in();
  bench.note(6, 4s);
  EXPECT_TRUE(bench.ledger.credited.empty());
  EXPECT_EQ(bench.ledger.given_back, 1);
}

TEST(NoteFaults, ADeviceThatGivesUpBeforeTheVerdictHasReturnedTheNote) {
  ValidatorMake make{.holding = 2s};
  make.missing[154] = Missing::silent;
  NoteBench bench(make);
  bench.start();
  bench.settle_in();
  bench.note(6, 20s);
  EXPECT_TRUE(bench.ledger.credited.empty());
  EXPECT_EQ(bench.ledger.given_back, 1);
}

// --- the stacker

TEST(NoteFaults, AFullStackerIsToldAndShutsTheSlotUntilItIsEmptied) {
  NoteBench bench({.room = 2});
  bench.start();
  bench.settle_in();
  bench.note(1);
  EXPECT_EQ(bench.state(), "");
  bench.note(1);
  EXPECT_EQ(bench.ledger.credited.size(), 2U);
  EXPECT_EQ(bench.state(), "stacker full");
  EXPECT_FALSE(bench.driver->open());
  bench.run_for(60s);
  EXPECT_EQ(bench.state(), "stacker full");
  bench.device.set_full(bench.clock.now(), false);
  bench.run_for(3s);
  EXPECT_EQ(bench.state(), "");
  EXPECT_TRUE(bench.driver->open());
}

TEST(NoteFaults, AFullStackerOfADeviceWithoutSelfCheckStaysFullUntilAnEventSaysOtherwise) {
  ValidatorMake make{.room = 1};
  make.missing[232] = Missing::nak;
  NoteBench bench(make);
  bench.start();
  bench.settle_in();
  bench.note(1, 120s);
  EXPECT_EQ(bench.state(), "stacker full");
  bench.device.set_full(bench.clock.now(), false);
  bench.run_for(3s);
  EXPECT_EQ(bench.state(), "");
}

TEST(NoteFaults, ARemovedStackerIsToldUntilItIsBack) {
  NoteBench bench;
  bench.start();
  bench.settle_in();
  bench.device.set_removed(bench.clock.now(), true);
  bench.run_for(3s);
  EXPECT_EQ(bench.state(), "stacker removed");
  EXPECT_FALSE(bench.driver->open());
  bench.device.set_removed(bench.clock.now(), false);
  bench.run_for(3s);
  EXPECT_EQ(bench.state(), "");
  EXPECT_TRUE(bench.driver->open());
}

// Somebody took the note box out and put it back, and no state was left to tell of it.
TEST(NoteFaults, AStackerTakenOutAndPutBackBetweenTwoReadingsIsAnAlarm) {
  for (const bool cable_out : {false, true}) {
    NoteBench bench;
    bench.start();
    bench.settle_in();
    if (cable_out) bench.port.unplug();
    if (cable_out) bench.run_for(5s);
    bench.device.set_removed(bench.clock.now(), true);
    bench.device.set_removed(bench.clock.now(), false);
    if (cable_out) bench.port.plug();
    bench.run_for(5s);
    ASSERT_EQ(bench.ledger.returned.size(), 1U);
    EXPECT_EQ(bench.ledger.returned[0].text, "stacker removed");
    EXPECT_TRUE(bench.ledger.returned[0].alarm);
    EXPECT_FALSE(bench.ledger.returned[0].piece);
    EXPECT_EQ(bench.ledger.lost, 0U);
  }
}

TEST(NoteFaults, AnEventThatNoSpecificationKnowsIsTold) {
  NoteBench bench;
  bench.start();
  bench.settle_in();
  bench.device.raise(bench.clock.now(), 99);
  bench.run_for(1s);
  ASSERT_EQ(bench.ledger.returned.size(), 1U);
  EXPECT_EQ(bench.ledger.returned[0].text, "unknown event 99");
}

TEST(NoteFaults, EncryptionIsToldInWords) {
  NoteBench bench({.scrambled = true});
  bench.start();
  bench.run_for(5s);
  EXPECT_EQ(bench.state(), "encrypted");
}

TEST(NoteFaults, AStackerThatWasFullBeforeWeCameIsToldByTheSelfCheck) {
  NoteBench bench;
  bench.device.set_full(bench.clock.now(), true);
  bench.start();
  bench.settle_in();
  EXPECT_EQ(bench.state(), "stacker full");
  EXPECT_FALSE(bench.driver->open());
}

// --- what the device is

TEST(NoteFaults, AnotherKindOfDeviceIsToldByItsName) {
  NoteBench bench({.category = "Coin Acceptor"});
  bench.start();
  bench.settle_in();
  EXPECT_EQ(bench.state(), "wrong device");
  EXPECT_THAT(bench.told().text, HasSubstr("Coin Acceptor"));
}

TEST(NoteFaults, ABillAcceptorIsABillValidatorToo) {
  NoteBench bench({.category = "Bill Acceptor"});
  bench.start();
  bench.settle_in();
  EXPECT_EQ(bench.state(), "");
}

TEST(NoteFaults, APositionWithAnotherIdIsNotEnabledAndTheOthersWork) {
  ValidatorMake make;
  make.notes[5] = "CN0200A";
  NoteBench bench(make);
  bench.start();
  bench.settle_in();
  EXPECT_EQ(bench.state("note-table"), "table mismatch");
  EXPECT_THAT(bench.told("note-table").text, HasSubstr("CN0200A in the device"));
  EXPECT_EQ(bench.note(6), NoteEntry::refused);
  EXPECT_EQ(bench.note(1), NoteEntry::taken);
  EXPECT_EQ(bench.ledger.credited.size(), 1U);
}

TEST(NoteFaults, AScalingThatMakesNotesWorthSomethingElseEnablesNone) {
  for (const auto& make :
       {ValidatorMake{.scale = 1, .decimals = 2}, ValidatorMake{.scale = 10, .decimals = 0},
        ValidatorMake{.scale = 0, .decimals = 0}}) {
    NoteBench bench(make);
    bench.start();
    bench.settle_in();
    EXPECT_EQ(bench.state("note-table"), "table mismatch");
    EXPECT_EQ(bench.state(), "table mismatch");
    EXPECT_EQ(bench.note(1), NoteEntry::refused);
  }
}

TEST(NoteFaults, AnotherWayToScaleTheSameWorthIsAccepted) {
  NoteBench bench({.scale = 1, .decimals = 0});
  bench.start();
  bench.settle_in();
  EXPECT_EQ(bench.state("note-table"), "");
  EXPECT_EQ(bench.note(6), NoteEntry::taken);
  EXPECT_EQ(bench.ledger.credited.size(), 1U);
}

class MaskOf : public testing::TestWithParam<std::size_t> {};

TEST_P(MaskOf, BytesIsWrittenAsTheDeviceTakesIt) {
  ValidatorMake make;
  make.mask_bytes = GetParam();
  NoteBench known(make);
  known.start();
  known.settle_in();
  EXPECT_EQ(known.note(6), NoteEntry::taken);
  make.missing[230] = Missing::silent;
  NoteBench unknown(make);
  unknown.start();
  unknown.run_for(10s);
  EXPECT_EQ(unknown.note(6), NoteEntry::taken);
  EXPECT_EQ(unknown.device.mask(), 0x3FU);
}
INSTANTIATE_TEST_SUITE_P(NoteFaults, MaskOf, testing::Values(2U, 4U, 8U));

class NoteWithout : public testing::TestWithParam<std::pair<int, Missing>> {};

TEST_P(NoteWithout, AnOptionalHeaderNotesAreTakenAllTheSame) {
  ValidatorMake make;
  make.missing.insert(GetParam());
  NoteBench bench(make);
  bench.start();
  bench.run_for(10s);
  EXPECT_EQ(bench.state(), "");
  bench.note(1);
  bench.note(6);
  bench.driver->accept(false);
  bench.run_for(1s);
  EXPECT_EQ(bench.note(1), NoteEntry::refused);
  bench.driver->accept(true);
  bench.run_for(2s);
  bench.note(2);
  EXPECT_EQ(bench.ledger.credited.size(), 3U);
  EXPECT_EQ(bench.ledger.restarts, 0);
}

std::vector<std::pair<int, Missing>> optional_headers() {
  std::vector<std::pair<int, Missing>> all;
  for (const int header :
       {150, 152, 153, 156, 192, 225, 226, 227, 228, 230, 232, 241, 242, 244, 245, 246, 249}) {
    all.emplace_back(header, Missing::silent);
    all.emplace_back(header, Missing::nak);
  }
  return all;
}
INSTANTIATE_TEST_SUITE_P(NoteFaults, NoteWithout, testing::ValuesIn(optional_headers()));

TEST(NoteFaults, ADummyFirstEventIsNoRestart) {
  NoteBench bench({.dummy_first_event = true});
  bench.start();
  bench.settle_in();
  bench.note(1);
  EXPECT_EQ(bench.ledger.credited.size(), 1U);
  EXPECT_EQ(bench.ledger.restarts, 0);
}

TEST(NoteFaults, ADeviceThatRestartsAgainAndAgainIsLeftAloneForAMinute) {
  NoteBench bench;
  bench.start();
  bench.settle_in();
  for (int count = 0; count < 6; ++count) {
    bench.note(1);
    bench.device.cut_power(bench.clock.now());
    bench.run_for(4s);
  }
  EXPECT_EQ(bench.state(), "restarting");
  bench.run_for(65s);
  EXPECT_EQ(bench.state(), "");
}

class EveryNoteFault : public testing::TestWithParam<Fault> {};

TEST_P(EveryNoteFault, OnEveryThirdReplyCostsNoNoteAndInventsNone) {
  NoteBench bench;
  int reply = 0;
  bench.device.set_faults([&reply] { return ++reply % 3 == 0 ? GetParam() : Fault::none; });
  bench.start();
  bench.run_for(20s);
  for (int count = 0; count < 20; ++count) bench.note(1 + count % 6, 4s);
  bench.device.set_faults({});
  bench.run_for(15s);
  EXPECT_GT(bench.stacked(), 5U);
  EXPECT_EQ(bench.ledger.credited.size(), bench.stacked());
  EXPECT_EQ(bench.ledger.restarts, 0);
  EXPECT_TRUE(bench.ledger.disputed.empty());
}
INSTANTIATE_TEST_SUITE_P(NoteFaults, EveryNoteFault,
                         testing::Values(Fault::lose, Fault::flip, Fault::cut, Fault::noise,
                                         Fault::stray, Fault::late));

}  // namespace
}  // namespace yijuan::cctalk
