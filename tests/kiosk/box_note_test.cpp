// Notes in escrow at a box whose journal is slow, fails, or loses power: into the box only after
// the intent is durable, and never a note for which nobody answers.
#include <gmock/gmock.h>

#include "box_fixture.hpp"

namespace yijuan::kiosk {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class BoxNoteTest : public BoxTest {
 protected:
  NoteInEscrow held(int event, std::int64_t fen = 10'000) const {
    return {.mark = {"note", "N-1", event, false}, .counter = event, .amount = Fen(fen)};
  }
  CashReport report(int event, std::vector<CashEvent> events) const {
    return {
        .mark = {"note", "N-1", event, false}, .events = std::move(events), .lost = std::nullopt};
  }
  CashReport stacked(int event, std::int64_t fen = 10'000) const {
    return report(event, {CashAccepted{event, 7, Fen(fen)}});
  }
  CashReport went_back(int event) const {
    return report(event, {CashReturned{.text = "returned", .from_escrow = true}});
  }
  // Time passes, with a tick at every deadline on the way, as the daemon does it.
  void wait(std::chrono::milliseconds span) {
    const Instant end = clock.now() + span;
    while (box->deadline() && *box->deadline() <= end) {
      clock.run_until(std::max(*box->deadline(), clock.now()));
      box->tick();
    }
    clock.run_until(end);
  }
};

TEST_F(BoxNoteTest, IsStackedOnlyWhenItsIntentAndItsMarkAreDurable) {
  Box& b = ready();
  b.note(held(7));
  EXPECT_EQ(journal.under_way(), 1U);
  EXPECT_THAT(out.verdicts, IsEmpty());
  journal.commit_one();
  EXPECT_THAT(out.verdicts, ElementsAre("note 7 stack"));
  EXPECT_EQ(journal.marks.back(), (CounterMark{"note", "N-1", 7, false}));
  EXPECT_EQ(b.history().books.cash_total, Fen(0)) << "the verdict is no money";
  b.take(stacked(8));
  journal.commit_all();
  EXPECT_EQ(b.history().books.gift_total, yuan(100));
  EXPECT_TRUE(b.history().books.pending().empty());
}

TEST_F(BoxNoteTest, GoesBackAfterTwoSecondsAndAnIntentThatComesLaterStacksNothing) {
  Box& b = ready();
  b.note(held(7));
  wait(1999ms);
  EXPECT_THAT(out.verdicts, IsEmpty());
  wait(1ms);
  EXPECT_THAT(out.verdicts, ElementsAre("note 7 back"));
  journal.commit_all();
  EXPECT_THAT(out.verdicts, ElementsAre("note 7 back"));
  b.take(went_back(8));
  journal.commit_all();
  EXPECT_EQ(all<tlog::Returned>().size(), 1U);
  EXPECT_EQ(b.history().books.cash_total, Fen(0));
}

TEST_F(BoxNoteTest, ALoopThatWasBusyPastTheDeadlineDoesNotStackEither) {
  Box& b = ready();
  b.note(held(7));
  clock.run_for(3s);  // nobody called tick()
  journal.commit_all();
  EXPECT_THAT(out.verdicts, ElementsAre("note 7 back"));
}

TEST_F(BoxNoteTest, AFailedJournalGivesItBackAtOnce) {
  Box& b = ready();
  b.note(held(7));
  journal.commit_one(Error(IoErrc::failed, "fsync"));
  EXPECT_THAT(out.verdicts, ElementsAre("note 7 back"));
  b.note(held(9));
  EXPECT_THAT(out.verdicts, ElementsAre("note 7 back", "note 9 back"));
  b.take(stacked(10));
  EXPECT_EQ(b.history().books.cash_count, 0U) << "the restart reads it from the acceptor";
}

TEST_F(BoxNoteTest, IsReportedAgainWhileTheJournalIsSlowAndWaitsForTheSameIntent) {
  Box& b = ready();
  b.note(held(7));
  wait(1s);
  b.note(held(7));
  EXPECT_THAT(out.verdicts, IsEmpty());
  journal.commit_all();
  EXPECT_THAT(out.verdicts, ElementsAre("note 7 stack"));
  EXPECT_EQ(all<tlog::Intent>().size(), 1U);
}

TEST_F(BoxNoteTest, GoesBackAtOnceWhereNothingIsTaken) {
  Box& b = ready();
  b.disk_full(true);
  b.note(held(7));
  EXPECT_THAT(out.verdicts, ElementsAre("note 7 back"));
  journal.commit_all();
  b.disk_full(false);
  journal.commit_all();
  b.offer_pack(Error(DomainErrc::pack_signature, ""));
  b.look_around();
  journal.commit_all();
  b.note(held(9));
  journal.commit_all();
  EXPECT_THAT(out.verdicts, ElementsAre("note 7 back", "note 9 back"));
  b.stop();
  b.note(held(11));
  EXPECT_EQ(out.verdicts.size(), 3U);
  EXPECT_THAT(all<tlog::Intent>(), IsEmpty());
}

TEST_F(BoxNoteTest, AStopWhileItWaitsGivesItBackAndStillWritesHowItEnds) {
  Box& b = ready();
  b.note(held(7));
  b.stop();
  EXPECT_THAT(out.verdicts, ElementsAre("note 7 back"));
  b.take(went_back(8));
  journal.commit_all();
  EXPECT_THAT(out.verdicts, ElementsAre("note 7 back"));
  EXPECT_EQ(all<tlog::Returned>().size(), 1U);
}

TEST_F(BoxNoteTest, AGateThatClosesBeforeTheIntentIsDurableGivesItBack) {
  Box& b = ready();
  b.note(held(7));
  b.contact({"door", true});
  journal.commit_all();
  EXPECT_THAT(out.verdicts, ElementsAre("note 7 back"));
}

TEST_F(BoxNoteTest, ThatWasPulledOutMeanwhileGetsNoVerdict) {
  Box& b = ready();
  b.note(held(7));
  b.take(went_back(8));
  journal.commit_all();
  EXPECT_THAT(out.verdicts, IsEmpty());
  EXPECT_EQ(all<tlog::Returned>().size(), 1U);
}

TEST_F(BoxNoteTest, TheVerdictIsMeasured) {
  Box& b = ready();
  b.note(held(7));
  journal.commit_all();
  EXPECT_EQ(b.note_to_verdict().count(), 1U);
}

// The power goes after any number of the entries of a note's way; the device then tells what became
// of the note, tells it again, or has forgotten. It ends credited, returned or disputed.
TEST_F(BoxNoteTest, APowerCutAtEveryStepEndsCreditedReturnedOrDisputed) {
  enum class Told { stacked, back, unclear, restarted, held_again };
  for (const Told told :
       {Told::stacked, Told::back, Told::unclear, Told::restarted, Told::held_again}) {
    for (std::size_t kept = 0; kept <= 3; ++kept) {
      SCOPED_TRACE(fmt::format("told {} after {} entries", static_cast<int>(told), kept));
      box.reset();
      journal = test::FakeJournal();
      out = Output();
      ready();
      const std::size_t begun = journal.entries.size();
      box->note(held(7));
      journal.commit_all();
      box->take(stacked(8));  // cash and gift
      journal.commit_all();
      ASSERT_EQ(journal.entries.size(), begun + 3);
      // The power went when `kept` of the three were durable.
      journal.entries.resize(begun + kept);
      History history;
      for (const auto& entry : journal.entries) {
        history.add(entry.ref.seq, entry.ref.at, entry.body);
      }
      box.reset();
      out = Output();
      ready(std::move(history), false);
      const bool intended = kept >= 1;
      const bool credited_before = kept >= 2;
      if (!credited_before) {
        CashReport again = told == Told::stacked ? stacked(8) : went_back(8);
        if (told == Told::unclear) again = report(8, {NoteUnclear{"jam"}});
        if (told == Told::restarted) again = report(0, {});
        again.restarted = told == Told::restarted;
        if (told == Told::held_again) {
          box->note(held(7));
          journal.commit_all();
          EXPECT_THAT(out.verdicts, ElementsAre("note 7 stack"));
          again = stacked(8);
        }
        box->take(again);
        journal.commit_all();
      }
      const domain::Books& books = box->history().books;
      EXPECT_TRUE(books.pending().empty());
      EXPECT_THAT(books.faults, IsEmpty());
      const bool credited = credited_before || told == Told::stacked || told == Told::held_again;
      EXPECT_EQ(books.cash_total, credited ? yuan(100) : Fen(0));
      EXPECT_EQ(books.gift_total, books.cash_total);
      const bool in_doubt = told == Told::unclear || told == Told::restarted;
      EXPECT_EQ(books.disputed_count, intended && !credited && in_doubt ? 1U : 0U);
      EXPECT_EQ(all<tlog::Returned>().size(), intended && !credited && !in_doubt ? 1U : 0U);
    }
  }
}

// ---- the technician and the door

TEST_F(BoxNoteTest, TestMoneyIsTakenBehindAClosedGate) {
  Box& b = ready();
  b.contact({"door", true});
  journal.commit_all();
  EXPECT_FALSE(b.accepting());
  EXPECT_TRUE(b.begin_test("note"));
  EXPECT_TRUE(b.testing());
  EXPECT_TRUE(b.accepting());
  b.note(held(7));
  journal.commit_all();
  EXPECT_THAT(out.verdicts, ElementsAre("note 7 stack"));
  b.take(stacked(8));
  journal.commit_all();
  EXPECT_EQ(out.view->testing->total, yuan(100));
  EXPECT_EQ(b.history().books.test_total, yuan(100));
  EXPECT_EQ(b.history().books.gift_count, 0U);
  b.end_test();
  journal.commit_all();
  EXPECT_FALSE(b.accepting());
  EXPECT_TRUE(b.testing()) << "what was falling is test money too";
  clock.run_for(3s);
  b.tick();
  EXPECT_EQ(out.view->scene, Scene::closed);
}

TEST_F(BoxNoteTest, ATestDoesNotBeginWhileSomebodyGivesOrTheBoxIsOutOfService) {
  Box& b = ready();
  b.touch(domain::StartGift{tlog::Activity::free});
  EXPECT_FALSE(b.begin_test("coin"));
  b.touch(domain::Cancel{});
  b.damaged(Error(IoErrc::failed, "entry 3"));
  EXPECT_FALSE(b.begin_test("coin"));
}

TEST_F(BoxNoteTest, ADoorOpenedByNobodyClosesTheGateAndIsAnEntryAndAFault) {
  Box& b = ready();
  b.contact({"door", true});
  journal.commit_all();
  EXPECT_THAT(all<tlog::Door>(), ElementsAre(tlog::Door{"door", "opened", ""}));
  ASSERT_NE(b.history().health.fault("door"), nullptr);
  EXPECT_EQ(b.history().health.fault("door")->code, "tamper");
  EXPECT_EQ(out.view->gate.reason, domain::GateReason::tampered);
  EXPECT_FALSE(b.accepting());
  b.device({"door", "", ""});  // its driver is well: that does not end the alarm
  EXPECT_NE(b.history().health.fault("door"), nullptr);
  b.take(coin(100));  // was under way
  journal.commit_all();
  EXPECT_EQ(b.history().books.gift_total, yuan(1));
  b.contact({"door", false});
  journal.commit_all();
  EXPECT_EQ(b.history().health.fault("door"), nullptr);
  EXPECT_TRUE(b.accepting());
}

TEST_F(BoxNoteTest, ADoorOpenedWithAuthorityIsNoAlarm) {
  Box& b = ready();
  b.unlocked("boxctl uid 1000");
  b.contact({"door", true});
  journal.commit_all();
  EXPECT_EQ(b.history().health.fault("door"), nullptr);
  EXPECT_EQ(out.view->gate.reason, domain::GateReason::door_open);
  EXPECT_EQ(b.history().books.tampers, 0U);
  EXPECT_THAT(all<tlog::Door>(), ElementsAre(tlog::Door{"lock", "unlocked", "boxctl uid 1000"},
                                             tlog::Door{"door", "opened", "boxctl uid 1000"}));
}

TEST_F(BoxNoteTest, ADoorThatIsOpenAtTheStartIsToldOnce) {
  ready();
  box->contact({"door", true});
  journal.commit_all();
  History history;
  for (const auto& entry : journal.entries) {
    history.add(entry.ref.seq, entry.ref.at, entry.body);
    history.health.recall(entry.body);
  }
  box.reset();
  ready(std::move(history), false);
  box->contact({"door", true});
  journal.commit_all();
  EXPECT_EQ(all<tlog::Door>().size(), 1U);
  EXPECT_EQ(all<tlog::Fault>().size(), 1U);
  EXPECT_EQ(out.view->gate.reason, domain::GateReason::tampered);
}

TEST_F(BoxNoteTest, AFullBoxTakesNothingUntilItIsEmptied) {
  Box& b = ready();
  b.contact({"full", true});
  journal.commit_all();
  EXPECT_FALSE(b.accepting());
  EXPECT_EQ(out.view->gate.reason, domain::GateReason::box_full);
  EXPECT_EQ(b.history().health.fault("box")->code, "full");
  b.contact({"full", false});
  journal.commit_all();
  EXPECT_TRUE(b.accepting());
}

TEST_F(BoxNoteTest, PowerIsToldAndTakesNothingFromTheBox) {
  Box& b = ready();
  b.board({.mains = false, .battery_percent = 90, .signal_percent = {}});
  EXPECT_EQ(b.history().health.fault("power")->code, "mains lost");
  b.contact({"battery_low", true});
  EXPECT_EQ(b.history().health.fault("power")->code, "battery low");
  b.board({.mains = true, .battery_percent = 5, .signal_percent = {}});
  b.contact({"battery_low", false});
  journal.commit_all();
  EXPECT_EQ(b.history().health.fault("power"), nullptr);
  EXPECT_TRUE(b.accepting());
  const std::size_t entries = journal.entries.size();
  b.board({.mains = true, .battery_percent = 6, .signal_percent = 40});
  EXPECT_EQ(journal.entries.size(), entries);
}

}  // namespace
}  // namespace yijuan::kiosk
