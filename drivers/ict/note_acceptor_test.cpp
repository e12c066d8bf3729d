#include "drivers/ict/note_acceptor.hpp"

#include <gtest/gtest.h>

#include "drivers/ict/test_bench.hpp"

namespace yijuan::ict {
namespace {

using namespace std::chrono_literals;
using ict_fake::Fate;
using ict_fake::Fault;

TEST(IctNoteAcceptor, CreditsANoteOnlyWhenTheDeviceSaysThatItIsStacked) {
  Bench bench;
  bench.start();
  bench.settle_in();
  EXPECT_EQ(bench.state(), "");
  EXPECT_TRUE(bench.driver->open());
  ASSERT_TRUE(bench.insert(2));
  bench.run_for(700ms);
  ASSERT_EQ(bench.facts_of<NoteInEscrow>().size(), 1U);
  EXPECT_EQ(bench.facts_of<NoteInEscrow>()[0].amount, yuan(5));
  EXPECT_EQ(bench.facts_of<NoteInEscrow>()[0].counter, 1);
  EXPECT_FALSE(bench.mark()->quiet);
  EXPECT_EQ(bench.credited(), Fen(0));
  bench.run_for(2s);
  const auto credited = bench.events<CashAccepted>();
  ASSERT_EQ(credited.size(), 1U);
  EXPECT_EQ(credited[0].counter, 1);
  EXPECT_EQ(credited[0].position, 2);
  EXPECT_EQ(credited[0].amount, yuan(5));
  EXPECT_TRUE(bench.mark()->quiet);
  EXPECT_EQ(bench.notes(Fate::stacked), 1U);
  EXPECT_EQ(bench.restarts(), 0);
}

TEST(IctNoteAcceptor, SaysThatItHasNoRecovery) {
  Bench bench;
  bench.start();
  bench.settle_in();
  ASSERT_EQ(bench.facts_of<DeviceFound>().size(), 1U);
  EXPECT_TRUE(bench.facts_of<DeviceFound>()[0].limits.starts_with("no recovery: "));
  EXPECT_EQ(bench.facts_of<DeviceFound>()[0].serial, "");
}

TEST(IctNoteAcceptor, GivesANoteBackWhenToldTo) {
  Bench bench;
  bench.verdict = NoteVerdict::give_back;
  bench.start();
  bench.settle_in();
  ASSERT_TRUE(bench.insert(1));
  bench.run_for(3s);
  ASSERT_EQ(bench.events<CashReturned>().size(), 1U);
  EXPECT_TRUE(bench.events<CashReturned>()[0].from_escrow);
  EXPECT_EQ(bench.notes(Fate::returned), 1U);
  EXPECT_EQ(bench.credited(), Fen(0));
  EXPECT_TRUE(bench.mark()->quiet);
}

TEST(IctNoteAcceptor, AVerdictReachesTheDeviceInATenthOfASecond) {
  Bench bench;
  bench.verdict.reset();
  bench.start();
  bench.settle_in();
  ASSERT_TRUE(bench.insert(1));
  bench.run_for(3s);
  bench.driver->decide(1, NoteVerdict::stack);
  bench.clock.run_for(100ms + bench.device.make().stacks_in);
  EXPECT_EQ(bench.notes(Fate::stacked), 1U);
}

TEST(IctNoteAcceptor, HoldsANoteForTenSecondsAndThenGivesItBack) {
  Bench bench;
  bench.verdict.reset();
  bench.start();
  bench.settle_in();
  ASSERT_TRUE(bench.insert(1));
  bench.run_for(10s);
  EXPECT_EQ(bench.notes(Fate::held), 1U);
  bench.run_for(3s);
  EXPECT_EQ(bench.notes(Fate::returned), 1U);
  ASSERT_EQ(bench.events<CashReturned>().size(), 1U);
  EXPECT_TRUE(bench.events<CashReturned>()[0].from_escrow);
  bench.driver->decide(1, NoteVerdict::stack);  // too late: it changes nothing
  bench.run_for(2s);
  EXPECT_EQ(bench.notes(Fate::stacked), 0U);
  ASSERT_TRUE(bench.insert(1));
}

TEST(IctNoteAcceptor, FindsTheOldestFirmwaresNumberOfHold) {
  Bench bench({.hold = 0x5A});
  bench.verdict.reset();
  bench.start();
  bench.settle_in();
  ASSERT_TRUE(bench.insert(1));
  bench.run_for(9s);
  EXPECT_EQ(bench.notes(Fate::held), 1U);
}

TEST(IctNoteAcceptor, ADeviceWithoutHoldGivesTheNoteBackByItselfAndThatIsTold) {
  Bench bench({.hold = 0});
  bench.verdict.reset();
  bench.start();
  bench.settle_in();
  ASSERT_TRUE(bench.insert(1));
  bench.run_for(8s);
  EXPECT_EQ(bench.notes(Fate::returned), 1U);
  ASSERT_EQ(bench.events<CashReturned>().size(), 1U);
  EXPECT_TRUE(bench.events<CashReturned>()[0].from_escrow);
}

TEST(IctNoteAcceptor, AnswersAPowerUpInTimeAndOpensAgain) {
  Bench bench;
  bench.start();
  bench.settle_in();
  bench.device.cut_power(bench.clock.now(), 1s);
  bench.run_for(5s);
  EXPECT_TRUE(bench.driver->open());
  EXPECT_EQ(bench.restarts(), 0);  // nothing was held: nothing can be missing
  EXPECT_TRUE(bench.insert(1));
}

TEST(IctNoteAcceptor, PowerLostAfterTakeIsUnclear) {
  Bench bench;
  bench.start();
  bench.settle_in();
  ASSERT_TRUE(bench.insert(3));
  bench.run_for(1s);
  bench.device.cut_power(bench.clock.now());
  bench.run_for(15s);
  EXPECT_EQ(bench.notes(Fate::stacked), 1U);
  EXPECT_EQ(bench.credited(), Fen(0));
  EXPECT_EQ(bench.events<NoteUnclear>().size(), 1U);
  EXPECT_EQ(bench.lost(), 0U);
  EXPECT_TRUE(bench.mark()->quiet);
}

TEST(IctNoteAcceptor, AStackedWordThatNeverComesIsUnclearOnce) {
  Bench bench({.tells_stacked = false});
  bench.start();
  bench.settle_in();
  ASSERT_TRUE(bench.insert(3));
  bench.run_for(20s);
  EXPECT_EQ(bench.events<NoteUnclear>().size(), 1U);
  EXPECT_EQ(bench.credited(), Fen(0));
  ASSERT_TRUE(bench.insert(3));  // and the next note is served
  bench.run_for(20s);
  EXPECT_EQ(bench.events<NoteUnclear>().size(), 2U);
}

TEST(IctNoteAcceptor, AReturnedWordThatNeverComesIsUnclear) {
  Bench bench({.tells_returned = false});
  bench.verdict = NoteVerdict::give_back;
  bench.start();
  bench.settle_in();
  ASSERT_TRUE(bench.insert(3));
  bench.run_for(20s);
  EXPECT_EQ(bench.events<NoteUnclear>().size(), 1U);
  EXPECT_EQ(bench.events<CashReturned>().size(), 0U);
}

TEST(IctNoteAcceptor, AStackedWordThatArrivesDamagedIsUnclear) {
  Bench bench;
  bench.start();
  bench.settle_in();
  ASSERT_TRUE(bench.insert(3));
  bench.run_for(1s);
  bench.device.set_faults([] { return Fault::damage; });
  bench.run_for(600ms);
  bench.device.set_faults({});
  bench.run_for(15s);
  EXPECT_EQ(bench.notes(Fate::stacked), 1U);
  EXPECT_EQ(bench.credited(), Fen(0));
  EXPECT_EQ(bench.events<NoteUnclear>().size(), 1U);
  EXPECT_EQ(bench.lost(), 0U);
}

TEST(IctNoteAcceptor, ATypeThatArrivesDamagedSendsTheNoteBack) {
  Bench bench;
  bench.start();
  bench.settle_in();
  ASSERT_TRUE(bench.insert(3));
  int said = 0;
  bench.device.set_faults([&said] { return ++said == 2 ? Fault::damage : Fault::none; });
  bench.run_for(550ms);
  said = 0;
  bench.run_for(5s);
  EXPECT_EQ(bench.facts_of<NoteInEscrow>().size(), 0U);
  EXPECT_EQ(bench.notes(Fate::returned), 1U);
  ASSERT_EQ(bench.events<CashReturned>().size(), 1U);
  EXPECT_FALSE(bench.events<CashReturned>()[0].from_escrow);
}

TEST(IctNoteAcceptor, ANoteThatTheTableDoesNotNameGoesBack) {
  Bench bench;
  bench.start();
  bench.settle_in();
  ASSERT_TRUE(bench.insert(5));
  bench.run_for(3s);
  EXPECT_EQ(bench.facts_of<NoteInEscrow>().size(), 0U);
  EXPECT_EQ(bench.notes(Fate::returned), 1U);
}

TEST(IctNoteAcceptor, ANoteThatTheDeviceDoesNotKnowIsToldAsRefused) {
  Bench bench;
  bench.start();
  bench.settle_in();
  ASSERT_TRUE(bench.insert(9));
  bench.run_for(3s);
  ASSERT_EQ(bench.events<CashReturned>().size(), 1U);
  EXPECT_EQ(bench.events<CashReturned>()[0].text, "note refused");
  EXPECT_TRUE(bench.driver->open());
}

TEST(IctNoteAcceptor, TakesNoNoteBeforeItIsToldTo) {
  Bench bench;
  bench.start(false);
  bench.settle_in();
  EXPECT_FALSE(bench.insert(1));
  bench.driver->accept(true);
  bench.run_for(1s);
  EXPECT_TRUE(bench.driver->open());
  ASSERT_TRUE(bench.insert(1));
  bench.driver->accept(false);
  bench.run_for(5s);
  EXPECT_EQ(bench.notes(Fate::stacked), 1U);  // it was the box's to decide
  EXPECT_FALSE(bench.driver->open());
  EXPECT_FALSE(bench.insert(1));
}

TEST(IctNoteAcceptor, AnOrderlyEndGivesTheHeldNoteBackAndInhibits) {
  Bench bench;
  bench.verdict.reset();
  bench.start();
  bench.settle_in();
  ASSERT_TRUE(bench.insert(1));
  bench.run_for(1s);
  bench.stop();
  EXPECT_EQ(bench.notes(Fate::returned), 1U);
  EXPECT_FALSE(bench.device.enabled(bench.clock.now()));
  EXPECT_TRUE(bench.mark()->quiet);
  bench.start();
  bench.settle_in();
  EXPECT_EQ(bench.restarts(), 0);
}

TEST(IctNoteAcceptor, AKilledKioskThatHeldANoteSaysThatItDoesNotKnow) {
  Bench bench;
  bench.start();
  bench.settle_in();
  ASSERT_TRUE(bench.insert(1));
  bench.run_for(1s);
  bench.kill();  // after "take"
  EXPECT_EQ(bench.notes(Fate::stacked), 1U);
  bench.start();
  bench.run_for(12s);
  EXPECT_EQ(bench.restarts(), 1);
  EXPECT_EQ(bench.credited(), Fen(0));
  EXPECT_EQ(bench.lost(), 0U);
  ASSERT_TRUE(bench.insert(1));
  bench.run_for(3s);
  ASSERT_EQ(bench.events<CashAccepted>().size(), 1U);
  EXPECT_EQ(bench.events<CashAccepted>()[0].counter, 2);  // its own counter goes on
}

TEST(IctNoteAcceptor, AKilledKioskThatHeldNothingMissesNothing) {
  Bench bench;
  bench.start();
  bench.settle_in();
  ASSERT_TRUE(bench.insert(1));
  bench.run_for(3s);
  bench.kill();
  bench.start();
  bench.settle_in();
  EXPECT_EQ(bench.restarts(), 0);
}

TEST(IctNoteAcceptor, TheCounterGoesFrom255To1) {
  Bench bench;
  bench.taken.emplace_back(
      CashReport{.mark = {.device = "note", .serial = {}, .counter = 255, .quiet = true},
                 .events = {},
                 .lost = {}});
  bench.start();
  bench.settle_in();
  ASSERT_TRUE(bench.insert(1));
  bench.run_for(3s);
  ASSERT_EQ(bench.events<CashAccepted>().size(), 1U);
  EXPECT_EQ(bench.events<CashAccepted>()[0].counter, 1);
}

}  // namespace
}  // namespace yijuan::ict
