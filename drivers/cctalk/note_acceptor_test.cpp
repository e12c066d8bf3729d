// A bill validator from its cable to the kiosk's queue: notes held, stacked, given back; restarts,
// kills and pulled cables.
#include <gtest/gtest.h>

#include "drivers/cctalk/note_bench.hpp"

namespace yijuan::cctalk {
namespace {

using namespace std::chrono_literals;
using cctalk_fake::AfterPower;
using cctalk_fake::NoteEntry;
using cctalk_fake::NoteFate;
using cctalk_fake::ValidatorMake;

TEST(NoteAcceptor, ANoteIsHeldThenStackedAndOnlyThenCredited) {
  NoteBench bench({.moving = 2s});
  bench.start();
  bench.settle_in();
  EXPECT_EQ(bench.note(6, 1s), NoteEntry::taken);
  ASSERT_EQ(bench.held().size(), 1U);
  EXPECT_EQ(bench.held()[0].amount, yuan(100));
  EXPECT_EQ(bench.held()[0].counter, 1);
  EXPECT_EQ(bench.held()[0].mark.counter, 1);
  EXPECT_FALSE(bench.held()[0].mark.quiet);
  EXPECT_TRUE(bench.ledger.credited.empty()) << "the ACK to the command is no credit";
  bench.run_for(2s);
  ASSERT_EQ(bench.ledger.credited.size(), 1U);
  EXPECT_EQ(bench.ledger.credited[0].amount, yuan(100));
  EXPECT_EQ(bench.ledger.credited[0].counter, 2);
  EXPECT_FALSE(bench.ledger.intent);
}

TEST(NoteAcceptor, AOneYuanNoteIsOneYuan) {
  NoteBench bench;
  bench.start();
  bench.settle_in();
  bench.note(1);
  ASSERT_EQ(bench.ledger.credited.size(), 1U);
  EXPECT_EQ(bench.ledger.credited[0].amount, Fen(100));
}

TEST(NoteAcceptor, AVerdictReachesTheDeviceWithoutWaitingForAPoll) {
  NoteBench bench;
  bench.verdict.reset();
  bench.config.poll_interval = 900ms;
  bench.start();
  bench.settle_in();
  bench.note(6, 2s);
  ASSERT_EQ(bench.held().size(), 1U);
  // The worst moment is right after a poll.
  bench.driver->decide(bench.held()[0].counter, NoteVerdict::stack);
  const Instant decided = bench.clock.now();
  bench.run_for(1s);
  ASSERT_TRUE(bench.device.routed_at());
  EXPECT_LT(*bench.device.routed_at() - decided, 50ms);
}

TEST(NoteAcceptor, WhatTheKioskDoesNotWantGoesBack) {
  NoteBench bench;
  bench.verdict = NoteVerdict::give_back;
  bench.start();
  bench.settle_in();
  bench.note(5);
  EXPECT_TRUE(bench.ledger.credited.empty());
  EXPECT_EQ(bench.ledger.given_back, 1);
  EXPECT_EQ(bench.device.count(NoteFate::given_back), 1U);
  ASSERT_EQ(bench.ledger.returned.size(), 1U);
  EXPECT_TRUE(bench.ledger.returned[0].from_escrow);
  EXPECT_TRUE(bench.ledger.returned[0].returned);
  EXPECT_FALSE(bench.ledger.returned[0].alarm);
}

TEST(NoteAcceptor, WithoutAVerdictTheNoteGoesBackAfterTenSecondsAndIsHeldUntilThen) {
  NoteBench bench({.holding = 5s});
  bench.verdict.reset();
  bench.start();
  bench.settle_in();
  bench.note(5, 9s);
  EXPECT_TRUE(bench.device.holding());
  EXPECT_GE(bench.device.extensions(), 1);
  bench.run_for(4s);
  EXPECT_EQ(bench.device.count(NoteFate::given_back), 1U);
  EXPECT_EQ(bench.ledger.given_back, 1);
}

TEST(NoteAcceptor, AVerdictOnAnotherNoteOrASecondVerdictChangesNothing) {
  NoteBench bench;
  bench.verdict.reset();
  bench.start();
  bench.settle_in();
  bench.note(5, 1s);
  bench.driver->decide(77, NoteVerdict::stack);
  bench.run_for(1s);
  EXPECT_TRUE(bench.device.holding());
  bench.driver->decide(bench.held()[0].counter, NoteVerdict::give_back);
  bench.driver->decide(bench.held()[0].counter, NoteVerdict::stack);
  bench.run_for(2s);
  EXPECT_EQ(bench.ledger.given_back, 1);
  bench.driver->decide(bench.held()[0].counter, NoteVerdict::stack);
  bench.run_for(2s);
  EXPECT_EQ(bench.stacked(), 0U);
}

TEST(NoteAcceptor, WithTheEscrowOffNotesAreStackedAndCreditedAtOnce) {
  NoteBench bench;
  bench.config.escrow = false;
  bench.verdict.reset();
  bench.start();
  bench.settle_in();
  bench.note(3);
  bench.note(4);
  EXPECT_EQ(bench.ledger.credited.size(), 2U);
  EXPECT_TRUE(bench.held().empty());
  EXPECT_EQ(bench.device.mode(), 1);
}

TEST(NoteAcceptor, ADeviceThatCannotHoldANoteSaysSoAndIsCreditedAtOnce) {
  NoteBench bench({.escrows = false});
  bench.start();
  bench.settle_in();
  bench.note(3);
  EXPECT_EQ(bench.ledger.credited.size(), 1U);
  ASSERT_NE(bench.found(), nullptr);
  EXPECT_NE(bench.found()->limits.find("no escrow"), std::string::npos);
}

TEST(NoteAcceptor, TwoHundredNotesAreCreditedOneByOnePastTheEndOfTheCounter) {
  NoteBench bench({.reading = 50ms, .moving = 100ms, .room = 1000});
  bench.start();
  bench.settle_in();
  for (int count = 0; count < 200; ++count) bench.note(1 + count % 6, 800ms);
  EXPECT_EQ(bench.stacked(), 200U);
  EXPECT_EQ(bench.ledger.credited.size(), 200U);
  EXPECT_EQ(bench.ledger.lost, 0U);
  EXPECT_EQ(bench.ledger.restarts, 0);
}

TEST(NoteAcceptor, WhileShutItTakesNothingAndTurnsQuiet) {
  NoteBench bench;
  bench.start(false);
  bench.settle_in();
  EXPECT_FALSE(bench.driver->open());
  EXPECT_EQ(bench.note(1), NoteEntry::refused);
  ASSERT_TRUE(bench.mark);
  EXPECT_TRUE(bench.mark->quiet);
  bench.driver->accept(true);
  bench.run_for(1s);
  EXPECT_TRUE(bench.driver->open());
  EXPECT_FALSE(bench.mark->quiet);
  EXPECT_EQ(bench.note(1), NoteEntry::taken);
  EXPECT_EQ(bench.ledger.credited.size(), 1U);
}

TEST(NoteAcceptor, AnOrderlyEndGivesAnUndecidedNoteBackAndLeavesAQuietMark) {
  NoteBench bench;
  bench.verdict.reset();
  bench.start();
  bench.settle_in();
  bench.note(6, 1s);
  bench.stop();
  EXPECT_EQ(bench.device.count(NoteFate::given_back), 1U);
  EXPECT_EQ(bench.ledger.given_back, 1);
  EXPECT_FALSE(bench.device.master());
  EXPECT_TRUE(bench.mark->quiet);
}

TEST(NoteAcceptor, AKillWithANoteInEscrowFindsItAgainAndStacksItOnce) {
  NoteBench bench;
  bench.verdict.reset();
  bench.start();
  bench.settle_in();
  bench.note(6, 1s);
  ASSERT_EQ(bench.held().size(), 1U);
  bench.kill();
  bench.verdict = NoteVerdict::stack;
  bench.start();
  bench.run_for(8s);
  ASSERT_EQ(bench.held().size(), 2U);
  EXPECT_EQ(bench.held()[0].counter, bench.held()[1].counter);
  EXPECT_EQ(bench.stacked(), 1U);
  EXPECT_EQ(bench.ledger.credited.size(), 1U);
  EXPECT_FALSE(bench.ledger.intent);
}

TEST(NoteAcceptor, AKillAfterTheStackCommandCreditsTheNoteOnce) {
  NoteBench bench({.moving = 3s});
  bench.start();
  bench.settle_in();
  bench.note(6, 1500ms);
  EXPECT_TRUE(bench.ledger.intent);
  bench.kill();
  EXPECT_EQ(bench.stacked(), 1U);
  bench.start();
  bench.settle_in();
  EXPECT_EQ(bench.ledger.credited.size(), 1U);
  EXPECT_FALSE(bench.ledger.intent);
  EXPECT_EQ(bench.ledger.restarts, 0);
}

TEST(NoteAcceptor, ANoteThatWentBackWhileTheKioskWasDeadIsReturned) {
  NoteBench bench({.holding = 5s});
  bench.verdict.reset();
  bench.start();
  bench.settle_in();
  bench.note(6, 1s);
  bench.kill();
  bench.run_for(10s);
  bench.start();
  bench.settle_in();
  EXPECT_EQ(bench.ledger.given_back, 1);
  EXPECT_FALSE(bench.ledger.intent);
  EXPECT_TRUE(bench.ledger.credited.empty());
}

TEST(NoteAcceptor, APulledCableWithANoteInEscrowTellsItAgainAndKeepsTheVerdict) {
  NoteBench bench;
  bench.verdict.reset();
  bench.start();
  bench.settle_in();
  bench.note(6, 1s);
  bench.port.unplug();
  bench.run_for(500ms);
  bench.driver->decide(bench.held()[0].counter, NoteVerdict::stack);
  bench.run_for(3s);
  bench.port.plug();
  bench.run_for(6s);
  EXPECT_EQ(bench.held().size(), 2U);
  EXPECT_EQ(bench.ledger.credited.size(), 1U);
}

class PowerLost : public testing::TestWithParam<AfterPower> {};

TEST_P(PowerLost, InEscrowTheNoteIsDisputedAndNeverCreditedToo) {
  // Short enough that nobody notices, so long that the line is given up, and in between.
  for (const auto off : {0ms, 300ms, 2000ms}) {
    for (const auto moving : {700ms, 6000ms}) {
      NoteBench bench({.moving = moving, .after_power = GetParam()});
      bench.verdict.reset();
      bench.start();
      bench.settle_in();
      bench.note(6, 1s);
      bench.device.cut_power(bench.clock.now(), off);
      bench.run_for(20s);
      EXPECT_EQ(bench.ledger.disputed.size(), 1U);
      EXPECT_TRUE(bench.ledger.credited.empty()) << off.count() << " " << moving.count();
      EXPECT_FALSE(bench.ledger.intent);
      EXPECT_EQ(bench.ledger.restarts, 1);
      EXPECT_EQ(bench.state(), "");
      bench.verdict = NoteVerdict::stack;
      EXPECT_EQ(bench.note(1, 9s), NoteEntry::taken);
      EXPECT_EQ(bench.ledger.credited.size(), 1U);
    }
  }
}

TEST_P(PowerLost, OfBoxAndDeviceInEscrowTheNoteIsDisputedAndNeverCreditedToo) {
  NoteBench bench({.after_power = GetParam()});
  bench.verdict.reset();
  bench.start();
  bench.settle_in();
  bench.note(6, 1s);
  bench.device.cut_power(bench.clock.now(), 1s);
  bench.kill();
  bench.start();
  bench.run_for(10s);
  EXPECT_EQ(bench.ledger.disputed.size(), 1U);
  EXPECT_TRUE(bench.ledger.credited.empty());
  bench.verdict = NoteVerdict::stack;
  EXPECT_EQ(bench.note(1), NoteEntry::taken);
  EXPECT_EQ(bench.ledger.credited.size(), 1U);
}

TEST_P(PowerLost, RightAfterStackingTheNoteIsCreditedOrDisputed) {
  NoteBench bench({.moving = 300ms, .after_power = GetParam()});
  bench.start();
  bench.settle_in();
  bench.device.insert(bench.clock.now(), 6);
  while (bench.stacked() == 0) bench.run_for(1ms);
  bench.device.cut_power(bench.clock.now(), 1s);
  bench.run_for(15s);
  EXPECT_EQ(bench.ledger.credited.size() + bench.ledger.disputed.size(), 1U);
  EXPECT_FALSE(bench.ledger.intent);
}

INSTANTIATE_TEST_SUITE_P(NoteAcceptor, PowerLost,
                         testing::Values(AfterPower::gives_back, AfterPower::stacks,
                                         AfterPower::stacks_silently));

TEST(NoteAcceptor, ANightWithoutPowerAfterAnOrderlyEndIsNoGap) {
  NoteBench bench;
  bench.start();
  bench.settle_in();
  bench.note(2);
  bench.stop();
  bench.device.cut_power(bench.clock.now(), 1s);
  bench.run_for(2s);
  bench.start();
  bench.settle_in();
  EXPECT_EQ(bench.ledger.restarts, 0);
  EXPECT_EQ(bench.ledger.lost, 0U);
}

TEST(NoteAcceptor, AnotherDeviceInItsPlaceIsToldAndNothingOfItsPastIsCredited) {
  NoteBench bench;
  bench.verdict.reset();
  bench.start();
  bench.settle_in();
  bench.note(6, 1s);
  bench.port.unplug();
  bench.device.swap(bench.clock.now(), 42);
  bench.run_for(1s);
  bench.port.plug();
  bench.run_for(6s);
  EXPECT_EQ(bench.ledger.swaps, 1);
  EXPECT_EQ(bench.ledger.disputed.size(), 1U);
  EXPECT_EQ(bench.mark->serial, "42");
  bench.verdict = NoteVerdict::stack;
  bench.note(1);
  EXPECT_EQ(bench.ledger.credited.size(), 1U);
}

TEST(NoteAcceptor, ADeviceThatIsSwappedWhileItIsBroughtUpIsOpenedUnderItsOwnNumber) {
  NoteBench bench({.answer_after = 100ms});  // so that its identification takes its time
  bench.start();
  bench.run_for(2s);
  ASSERT_FALSE(bench.driver->open());
  ASSERT_EQ(bench.mark->serial, "7654321");
  bench.device.swap(bench.clock.now(), 42);
  bench.run_for(10s);
  ASSERT_TRUE(bench.driver->open());
  EXPECT_EQ(bench.mark->serial, "42");
  bench.note();
  bench.kill();
  bench.start();
  bench.run_for(10s);
  EXPECT_EQ(bench.ledger.credited.size(), 1U);
  EXPECT_EQ(bench.ledger.swaps, 0);
}

TEST(NoteAcceptor, AUsedDeviceThatNoJournalKnowsIsToldAsSwapped) {
  NoteBench bench;
  bench.device.raise(bench.clock.now(), 2);
  bench.start();
  bench.settle_in();
  EXPECT_EQ(bench.ledger.swaps, 1);
}

TEST(NoteAcceptor, AFreshDeviceWithoutAJournalIsNoGap) {
  NoteBench bench;
  bench.start();
  bench.settle_in();
  EXPECT_EQ(bench.ledger.swaps, 0);
  EXPECT_EQ(bench.ledger.restarts, 0);
}

TEST(NoteAcceptor, TheDevicesTotalsAreToldAtTheStartAndEveryTenMinutes) {
  NoteBench bench;
  bench.start();
  bench.run_for(8s);
  bench.note(6);
  bench.run_for(11min);
  std::vector<DeviceCounters> told;
  for (const auto& fact : bench.taken) {
    if (const auto* one = std::get_if<DeviceCounters>(&fact)) told.push_back(*one);
  }
  ASSERT_EQ(told.size(), 2U);
  const std::vector<std::pair<std::string, std::uint64_t>> totals = {
      {"inserted", 1}, {"accepted", 1}, {"rejected", 0}, {"fraud", 0},   {"CN0001A", 0},
      {"CN0005A", 0},  {"CN0010A", 0},  {"CN0020A", 0},  {"CN0050A", 0}, {"CN0100A", 1}};
  EXPECT_EQ(told[1].totals, totals);
}

TEST(NoteAcceptor, AFullQueueShutsTheSlotAndKeepsEveryReport) {
  NoteBench bench({}, 2);
  bench.config.escrow = false;
  bench.start();
  bench.settle_in();
  bench.stall();
  for (int count = 0; count < 4; ++count) bench.note(1);
  EXPECT_FALSE(bench.driver->open());
  bench.listen();
  bench.run_for(2s);
  EXPECT_TRUE(bench.driver->open());
  EXPECT_EQ(bench.ledger.credited.size(), bench.stacked());
}

}  // namespace
}  // namespace yijuan::cctalk
