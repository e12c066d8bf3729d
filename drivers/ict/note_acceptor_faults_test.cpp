// Troubles of the device, of the line and of the kiosk's queue.
#include "drivers/ict/note_acceptor.hpp"

#include <gtest/gtest.h>

#include "drivers/ict/escrow.hpp"
#include "drivers/ict/test_bench.hpp"

namespace yijuan::ict {
namespace {

using namespace std::chrono_literals;
using ict_fake::Fate;
using ict_fake::Fault;

TEST(IctFaults, TheAnswerToAPowerUpDoesNotStackANoteThatIsHeldAlready) {
  for (auto after = 0ms; after < 100ms; after += 5ms) {
    Bench bench({.draws_in = 1ms});
    bench.verdict = NoteVerdict::give_back;
    bench.start();
    bench.settle_in();
    bench.device.cut_power(bench.clock.now(), 100ms);
    bench.run_for(100ms);
    bench.device.receive(bench.clock.now(), Bytes{0x3E});  // enabled as early as can be
    bench.run_for(after);
    (void)bench.insert(2);
    bench.run_for(20s);
    EXPECT_EQ(bench.notes(Fate::stacked), 0U) << after.count();
  }
}

// Its type was lost on the line, then the power went: no intent, and perhaps a note in the box.
TEST(IctFaults, ANoteThatWasAnnouncedWhenThePowerWentIsNotSilent) {
  for (const bool cable : {false, true}) {
    Escrow escrow({{.position = 1, .amount = Fen(100)}},
                  CounterMark{.device = "note", .serial = {}, .counter = 4, .quiet = true});
    EXPECT_FALSE(escrow.begin(1s));
    (void)escrow.hear({.word = Word::announced}, 2s);
    const auto step =
        cable ? escrow.lose_contact(2s, "the cable") : escrow.hear({.word = Word::power_up}, 2s);
    ASSERT_TRUE(step.report);
    ASSERT_EQ(step.report->events.size(), 1U);
    EXPECT_TRUE(std::holds_alternative<NoteUnclear>(step.report->events[0]));
    EXPECT_TRUE(step.report->mark.quiet);
  }
}

TEST(IctFaults, TheReturnOfTheNextNoteIsNotTakenForTheReturnOfOneThatWasStackedWithoutAWord) {
  Bench bench({.tells_stacked = false, .draws_in = 50ms, .stacks_in = 100ms, .returns_in = 100ms});
  bench.start();
  bench.settle_in();
  ASSERT_TRUE(bench.insert(2));
  bench.run_for(300ms);
  ASSERT_EQ(bench.notes(ict_fake::Fate::stacked), 1U);
  ASSERT_TRUE(bench.insert(3));  // announced while the driver still waits for word of the first
  bench.device.trouble(bench.clock.now() + 100ms, 0x28);  // so that no status tells more
  bench.run_for(20s);
  EXPECT_EQ(bench.notes(ict_fake::Fate::returned), 1U);
  for (const auto& back : bench.events<CashReturned>()) EXPECT_FALSE(back.from_escrow);
  EXPECT_EQ(bench.events<NoteUnclear>().size(), 1U);
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
