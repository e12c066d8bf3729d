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

TEST(IctNoteAcceptor, ATroubleShutsItAndItOpensAgainWhenThatIsOver) {
  for (const bool tells : {true, false}) {
    Bench bench({.tells_cleared = tells});
    bench.start();
    bench.settle_in();
    bench.device.trouble(bench.clock.now(), 0x22);
    bench.run_for(2s);
    EXPECT_EQ(bench.state(), "jam");
    EXPECT_FALSE(bench.driver->open());
    bench.device.trouble(bench.clock.now(), 0);
    bench.run_for(4s);
    EXPECT_EQ(bench.state(), "");
    EXPECT_TRUE(bench.driver->open());
  }
}

TEST(IctNoteAcceptor, ShiftedCodesAreReadAsConfigured) {
  Bench bench({.shifted = true});
  bench.config.codes = Codes::shifted;
  bench.start();
  bench.settle_in();
  bench.device.trouble(bench.clock.now(), 0x24);
  bench.run_for(2s);
  EXPECT_EQ(bench.state(), "stacker open");
}

TEST(IctNoteAcceptor, AFishedNoteIsAnAlarm) {
  Bench bench;
  bench.start();
  bench.settle_in();
  bench.device.disturb(bench.clock.now(), {0x27});
  bench.run_for(1s);
  ASSERT_EQ(bench.events<CashReturned>().size(), 1U);
  EXPECT_TRUE(bench.events<CashReturned>()[0].alarm);
  EXPECT_FALSE(bench.events<CashReturned>()[0].returned);
  EXPECT_TRUE(bench.driver->open());
}

TEST(IctNoteAcceptor, AStackedWordWithoutANoteIsAGap) {
  Bench bench;
  bench.start();
  bench.settle_in();
  bench.device.disturb(bench.clock.now(), {0x10});
  bench.run_for(1s);
  EXPECT_EQ(bench.lost(), 1U);
  EXPECT_EQ(bench.credited(), Fen(0));
}

TEST(IctNoteAcceptor, ASilentWireIsOfflineAndTriedAgain) {
  Bench bench;
  bench.device.cut_power(bench.clock.now(), 20s);
  bench.start();
  bench.run_for(10s);
  EXPECT_EQ(bench.state(), "offline");
  bench.run_for(15s);
  EXPECT_EQ(bench.state(), "");
}

TEST(IctNoteAcceptor, ACableThatIsPulledWhileANoteIsHeldLeavesItUnclear) {
  Bench bench;
  bench.verdict.reset();
  bench.start();
  bench.settle_in();
  ASSERT_TRUE(bench.insert(2));
  bench.run_for(1s);
  bench.cable.unplug();
  bench.run_for(2s);
  EXPECT_EQ(bench.state(), "offline");
  EXPECT_EQ(bench.events<NoteUnclear>().size(), 1U);
  bench.cable.plug();
  bench.run_for(8s);
  EXPECT_EQ(bench.state(), "");
  EXPECT_EQ(bench.events<NoteUnclear>().size(), 1U);
  EXPECT_EQ(bench.lost(), 0U);
}

TEST(IctNoteAcceptor, GarbageIsSaidInWords) {
  Bench bench;
  bench.device.set_faults([] { return Fault::damage; });
  bench.start();
  bench.run_for(5s);
  ASSERT_EQ(bench.state(), "offline");
  EXPECT_NE(bench.facts_of<DeviceState>().back().text.find("parity"), std::string::npos);
  bench.device.set_faults({});
  bench.run_for(5s);
  EXPECT_EQ(bench.state(), "");
}

TEST(IctNoteAcceptor, AFloodEndsTheConnectionAndNotTheBox) {
  Bench bench;
  bench.start();
  bench.settle_in();
  bench.device.disturb(bench.clock.now(), Bytes(5000, 0x77));
  bench.run_for(500ms);
  EXPECT_EQ(bench.state(), "offline");
  bench.run_for(5s);
  EXPECT_EQ(bench.state(), "");
}

TEST(IctNoteAcceptor, ALoopedCableIsSaid) {
  Bench bench;
  bench.start();
  bench.run_for(50ms);
  bench.device.disturb(bench.clock.now(), {0x0C});
  bench.run_for(500ms);
  EXPECT_EQ(bench.state(), "offline");
  EXPECT_NE(bench.facts_of<DeviceState>().back().text.find("looped"), std::string::npos);
}

TEST(IctNoteAcceptor, ADeviceThatNeverOpensIsSaidOnce) {
  Bench bench({.can_open = false});
  bench.start();
  bench.run_for(30s);
  EXPECT_EQ(bench.state(), "not enabled");
  EXPECT_EQ(bench.facts_of<DeviceState>().size(), 2U);  // working, then not
  EXPECT_FALSE(bench.driver->open());
}

TEST(IctNoteAcceptor, AFullQueueShutsTheSlotAndLosesNothing) {
  Bench bench({}, 2);
  bench.start();
  bench.settle_in();
  bench.stall();
  for (int inserted = 0; inserted < 6; ++inserted) {
    (void)bench.insert(9);
    bench.run_for(2s);
  }
  EXPECT_FALSE(bench.driver->open());
  bench.listen();
  bench.run_for(3s);
  EXPECT_TRUE(bench.driver->open());
  ASSERT_TRUE(bench.insert(1));
  bench.run_for(3s);
  EXPECT_EQ(bench.credited(), yuan(1));
}

TEST(IctNoteAcceptor, ANoteThatNobodyCouldBeToldOfGoesBack) {
  Bench bench({}, 1);
  bench.start();
  bench.settle_in();
  bench.stall();
  ASSERT_TRUE(bench.insert(1));
  bench.run_for(15s);
  EXPECT_EQ(bench.notes(Fate::returned), 1U);
  bench.listen();
  bench.run_for(3s);
  EXPECT_EQ(bench.facts_of<NoteInEscrow>().size(), 1U);
  EXPECT_EQ(bench.events<CashReturned>().size(), 1U);
  EXPECT_EQ(bench.credited(), Fen(0));
}

TEST(IctNoteAcceptor, ARepeatedAnnouncementIsOneNote) {
  Bench bench({.repeats = true});
  bench.verdict.reset();
  bench.start();
  bench.settle_in();
  ASSERT_TRUE(bench.insert(4));
  bench.run_for(3s);
  EXPECT_EQ(bench.facts_of<NoteInEscrow>().size(), 1U);
  bench.driver->decide(1, NoteVerdict::stack);
  bench.run_for(3s);
  EXPECT_EQ(bench.credited(), yuan(20));
  EXPECT_EQ(bench.events<NoteUnclear>().size(), 0U);
}

TEST(IctNoteAcceptor, PollsWithinFiveSecondsAlsoWhileItIsInhibited) {
  Bench bench;
  bench.config.poll_interval = 4s;
  bench.start();
  bench.run_for(60s);
  EXPECT_TRUE(bench.insert(1));
}

/// True for one in `every`, always the same ones.
class Dice {
 public:
  explicit Dice(unsigned every) : every_(every) {}
  bool roll() {
    state_ = state_ * 1664525U + 1013904223U;
    return (state_ >> 16) % every_ == 0;
  }

 private:
  unsigned every_;
  unsigned state_ = 1;
};

// Whatever the wire does, what is in the box was credited, or is told as not known.
class EveryFault : public testing::TestWithParam<Fault> {};

TEST_P(EveryFault, LeavesNoNoteUnaccounted) {
  for (const unsigned every : {4U, 15U}) {
    Bench bench;
    Dice to_host(every);
    Dice from_host(every + 1);
    bench.device.set_faults([&to_host] { return to_host.roll() ? GetParam() : Fault::none; },
                            [&from_host] { return from_host.roll() ? GetParam() : Fault::none; });
    bench.start();
    for (int moment = 0; moment < 60; ++moment) {
      (void)bench.insert(1 + moment % 4);
      bench.run_for(4s);
    }
    bench.device.set_faults({});
    bench.run_for(30s);
    Fen stacked;
    for (const auto& note : bench.device.notes()) {
      if (note.fate == Fate::stacked) {
        stacked = stacked + sample_notes()[static_cast<std::size_t>(note.position - 1)].amount;
      }
    }
    const auto credited = bench.events<CashAccepted>().size();
    const auto doubts = bench.events<NoteUnclear>().size() + bench.lost();
    EXPECT_GE(bench.notes(Fate::stacked), credited);
    EXPECT_LE(bench.notes(Fate::stacked), credited + doubts);
    EXPECT_LE(bench.credited(), stacked);
    if (GetParam() == Fault::late) {
      EXPECT_EQ(bench.credited(), stacked);
    }
    EXPECT_GT(credited, 5U) << "of " << bench.device.notes().size();
  }
}

INSTANTIATE_TEST_SUITE_P(IctNoteAcceptor, EveryFault,
                         testing::Values(Fault::lose, Fault::damage, Fault::noise, Fault::late));

}  // namespace
}  // namespace yijuan::ict
