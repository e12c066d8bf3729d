#include "tests/conformance/note_acceptor_conformance.hpp"

#include <algorithm>

namespace yijuan::conformance {
namespace {

using namespace std::chrono_literals;

/// Whether `report` says what became of the note that was held.
bool ends_a_note(const CashReport& report) {
  if (report.restarted || report.swapped || report.lost) return true;
  return std::ranges::any_of(report.events, [](const CashEvent& event) {
    const auto* const back = std::get_if<CashReturned>(&event);
    return back == nullptr || back->from_escrow;
  });
}

}  // namespace

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(NoteAcceptorConformance);

void NoteAcceptorConformance::SetUp() {
  CashAcceptorConformance::SetUp();
  notes = dynamic_cast<NoteMachine*>(machine.get());
  ASSERT_NE(notes, nullptr);
}

void NoteAcceptorConformance::begin_anew() {
  if (driver) kill();
  taken.clear();
  verdict = NoteVerdict::stack;
  SetUp();
}

void NoteAcceptorConformance::walk(std::chrono::milliseconds duration) {
  constexpr auto kStep = 20ms;
  for (auto walked = 0ms; walked < duration; walked += kStep) {
    run_for(kStep);
    ASSERT_LE(credited(), machine->in_the_box()) << "credited before it was stacked";
  }
}

int NoteAcceptorConformance::hold_a_note() {
  verdict.reset();
  start(true);
  EXPECT_TRUE(comes_up());
  EXPECT_TRUE(machine->insert());
  for (int waited = 0; waited < 500 && held().empty(); ++waited) run_for(10ms);
  EXPECT_TRUE(notes->waits());
  return held().empty() ? 0 : held().back().counter;
}

std::vector<NoteInEscrow> NoteAcceptorConformance::held() const {
  std::vector<NoteInEscrow> found;
  for (const auto& fact : taken) {
    if (const auto* const one = std::get_if<NoteInEscrow>(&fact)) found.push_back(*one);
  }
  return found;
}

std::size_t NoteAcceptorConformance::went_back() const {
  std::size_t count = 0;
  for (const auto& report : reports()) {
    count += static_cast<std::size_t>(std::ranges::count_if(report.events, [](const auto& event) {
      const auto* const back = std::get_if<CashReturned>(&event);
      return back != nullptr && back->from_escrow;
    }));
  }
  return count;
}

std::size_t NoteAcceptorConformance::unclear() const {
  std::size_t count = 0;
  for (const auto& report : reports()) {
    count += static_cast<std::size_t>(std::ranges::count_if(report.events, [](const auto& event) {
      return std::holds_alternative<NoteUnclear>(event);
    }));
  }
  return count;
}

void NoteAcceptorConformance::expect_accounted() {
  run_for(30s);
  EXPECT_LE(credited(), machine->in_the_box()) << "money was invented";
  EXPECT_LE(machine->in_the_box(), credited() + lost() + doubts())
      << "a note is in the box and nothing was said";
  std::optional<int> open;
  for (const auto& fact : taken) {
    if (const auto* const one = std::get_if<NoteInEscrow>(&fact)) {
      EXPECT_TRUE(!open || *open == one->counter) << "a second note before the first one ended";
      EXPECT_FALSE(one->mark.quiet);
      open = one->counter;
    } else if (const auto* const report = std::get_if<CashReport>(&fact)) {
      if (ends_a_note(*report)) open.reset();
    }
  }
  EXPECT_FALSE(open) << "a note that was told has no end";
}

// --- the verdict

TEST_P(NoteAcceptorConformance, ANoteIsToldThenStackedThenCredited) {
  start(true);
  ASSERT_TRUE(comes_up());
  for (std::size_t note_number = 1; note_number <= 3; ++note_number) {
    ASSERT_TRUE(machine->insert());
    walk(6s);
    EXPECT_EQ(held().size(), note_number);
    EXPECT_EQ(held().back().amount, machine->amount());
    EXPECT_EQ(credited(), note_number);
  }
  EXPECT_EQ(machine->in_the_box(), 3U);
  EXPECT_EQ(doubts() + lost(), 0U);
  expect_accounted();
}

TEST_P(NoteAcceptorConformance, ANoteWaitsForTheVerdictAndIsToldOnce) {
  const int counter = hold_a_note();
  walk(1500ms);
  EXPECT_TRUE(notes->waits());
  EXPECT_EQ(held().size(), 1U);
  EXPECT_EQ(credited(), 0U);
  EXPECT_FALSE(held().back().mark.quiet);
  note().decide(counter, NoteVerdict::stack);
  walk(5s);
  EXPECT_EQ(credited(), 1U);
  expect_accounted();
}

TEST_P(NoteAcceptorConformance, AVerdictIsDoneInAFifthOfASecond) {
  for (const auto verdict_given : {NoteVerdict::stack, NoteVerdict::give_back}) {
    const int counter = hold_a_note();
    note().decide(counter, verdict_given);
    run_for(200ms);
    EXPECT_FALSE(notes->waits());
    walk(5s);
    EXPECT_EQ(credited(), verdict_given == NoteVerdict::stack ? 1U : 0U);
    expect_accounted();
    begin_anew();
  }
}

TEST_P(NoteAcceptorConformance, ANoteThatIsGivenBackIsToldSo) {
  const int counter = hold_a_note();
  note().decide(counter, NoteVerdict::give_back);
  walk(5s);
  EXPECT_EQ(went_back(), 1U);
  EXPECT_EQ(notes->went_back(), 1U);
  EXPECT_EQ(machine->in_the_box(), 0U);
  EXPECT_EQ(unclear(), 0U);
  expect_accounted();
}

TEST_P(NoteAcceptorConformance, WithoutAVerdictTheNoteGoesBackAndALateOneChangesNothing) {
  const int counter = hold_a_note();
  walk(25s);
  EXPECT_EQ(went_back(), 1U);
  EXPECT_EQ(notes->went_back(), 1U);
  note().decide(counter, NoteVerdict::stack);
  walk(5s);
  EXPECT_EQ(credited(), 0U);
  EXPECT_EQ(machine->in_the_box(), 0U);
  verdict = NoteVerdict::stack;
  ASSERT_TRUE(comes_up());
  EXPECT_EQ(insert(1), 1U);
  EXPECT_EQ(credited(), 1U);
  expect_accounted();
}

TEST_P(NoteAcceptorConformance, AVerdictOnAnotherNoteChangesNothing) {
  const int counter = hold_a_note();
  note().decide(counter + 1, NoteVerdict::stack);
  note().decide(0, NoteVerdict::stack);
  walk(1s);
  EXPECT_TRUE(notes->waits());
  EXPECT_EQ(credited(), 0U);
  note().decide(counter, NoteVerdict::stack);
  walk(5s);
  EXPECT_EQ(credited(), 1U);
}

TEST_P(NoteAcceptorConformance, TheFirstVerdictStands) {
  const int counter = hold_a_note();
  note().decide(counter, NoteVerdict::give_back);
  run_for(300ms);
  note().decide(counter, NoteVerdict::stack);
  walk(5s);
  EXPECT_EQ(machine->in_the_box(), 0U);
  EXPECT_EQ(credited(), 0U);
  expect_accounted();
}

TEST_P(NoteAcceptorConformance, AVerdictBeforeAnyNoteChangesNothing) {
  verdict.reset();
  start(true);
  ASSERT_TRUE(comes_up());
  for (int counter = 0; counter < 5; ++counter) {
    note().decide(counter, NoteVerdict::stack);
    run_for(300ms);
  }
  ASSERT_TRUE(machine->insert());
  walk(2s);
  EXPECT_TRUE(notes->waits());
  EXPECT_EQ(machine->in_the_box(), 0U);
}

TEST_P(NoteAcceptorConformance, AHeldNoteIsStillTheKiosksToDecideWhenTheSlotIsShut) {
  const int counter = hold_a_note();
  driver->accept(false);
  walk(1s);
  EXPECT_TRUE(notes->waits());
  note().decide(counter, NoteVerdict::stack);
  walk(5s);
  EXPECT_EQ(credited(), 1U);
  EXPECT_FALSE(driver->open());
  EXPECT_FALSE(machine->takes());
}

TEST_P(NoteAcceptorConformance, ANoteThatTheKioskCannotBeToldOfIsNotKept) {
  start(true, 1);
  ASSERT_TRUE(comes_up());
  stall();
  (void)machine->insert();
  walk(40s);
  listen();
  ASSERT_TRUE(comes_up(90s));
  EXPECT_EQ(machine->in_the_box(), credited());
  expect_accounted();
}

// --- interruptions, at every moment of a note's way

void NoteAcceptorConformance::interrupt_everywhere(const std::function<void()>& interrupt) {
  for (const auto verdict_given : {NoteVerdict::stack, NoteVerdict::give_back}) {
    for (auto moment = 0ms; moment <= 2400ms; moment += 200ms) {
      SCOPED_TRACE(moment.count());
      verdict = verdict_given;
      start(true);
      ASSERT_TRUE(comes_up());
      ASSERT_TRUE(machine->insert());
      walk(moment);
      interrupt();
      ASSERT_TRUE(comes_up(120s));
      verdict = NoteVerdict::stack;
      const std::size_t before = credited();
      EXPECT_EQ(insert(1), 1U);
      EXPECT_GT(credited(), before);
      expect_accounted();
      begin_anew();
    }
  }
}

TEST_P(NoteAcceptorConformance, APowerCutAtAnyMomentLeavesNoNoteUnaccounted) {
  interrupt_everywhere([this] { machine->cut_power(1s); });
}

TEST_P(NoteAcceptorConformance, ACablePulledAtAnyMomentLeavesNoNoteUnaccounted) {
  interrupt_everywhere([this] {
    machine->unplug();
    run_for(3s);
    machine->plug();
  });
}

TEST_P(NoteAcceptorConformance, AKillAtAnyMomentLeavesNoNoteUnaccounted) {
  interrupt_everywhere([this] {
    kill();
    start(true);
  });
}

TEST_P(NoteAcceptorConformance, AnOrderlyEndAtAnyMomentLeavesNoNoteUnaccounted) {
  interrupt_everywhere([this] {
    EXPECT_TRUE(stop());
    run_for(10s);
    start(true);
  });
}

TEST_P(NoteAcceptorConformance, AnotherDeviceAtAnyMomentLeavesNoNoteUnaccounted) {
  interrupt_everywhere([this] {
    machine->unplug();
    machine->swap();
    run_for(2s);
    machine->plug();
  });
}

TEST_P(NoteAcceptorConformance, ABoxThatIsSwitchedOffAtAnyMomentLeavesNoNoteUnaccounted) {
  interrupt_everywhere([this] {
    machine->cut_power(10s);
    kill();
    run_for(20s);
    start(true);
  });
}

// --- every fault that the fake states

TEST_P(NoteAcceptorConformance, EveryFaultOfTheFakeIsSurvivedAndAccounted) {
  const std::size_t faults = notes->faults().size();
  for (std::size_t index = 0; index < faults; ++index) {
    const auto fault = notes->faults()[index];
    SCOPED_TRACE(fault.name);
    start(true);
    ASSERT_TRUE(comes_up());
    EXPECT_EQ(insert(1), 1U);
    for (int round = 0; round < 4; ++round) {
      (void)machine->insert();
      run_for(700ms);
      fault.begin();
      walk(4s);
      (void)machine->insert();
      walk(4s);
      if (round % 2 == 1) fault.end();
      walk(8s);
    }
    fault.end();
    ASSERT_TRUE(comes_up(180s));
    const std::size_t before = credited();
    EXPECT_EQ(insert(1), 1U);
    EXPECT_GT(credited(), before);
    run_for(2s);
    EXPECT_EQ(state(), "");
    expect_accounted();
    begin_anew();
  }
}

}  // namespace yijuan::conformance
