// Notes in escrow, and test money: an intent before the stack command, credit on "stacked" alone,
// and what nobody can tell is disputed.
#include <gmock/gmock.h>

#include "session_box.hpp"

namespace yijuan::domain {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Gifts = std::vector<std::string>;

NoteOffered offer(int counter, std::int64_t fen) {
  return {"note", "N-1", counter, Fen(fen)};
}
CashBatch note_batch(int counter, std::vector<CashFact> facts) {
  return {
      .device = "note", .serial = "N-1", .facts = std::move(facts), .counter = counter, .lost = {}};
}
CashBatch stacked(int counter, std::int64_t fen) {
  return note_batch(counter, {CashIn{counter, Fen(fen)}});
}
CashBatch went_back(int counter) {
  return note_batch(counter, {CashRefused{true, true, "returned"}});
}

// "note 7 stack" for each verdict of the last step.
std::vector<std::string> verdicts(const SessionBox& box) {
  std::vector<std::string> all;
  for (const SessionEffect& effect : box.last.effects) {
    if (const auto* decide = std::get_if<DecideNote>(&effect)) {
      all.push_back(decide->device + " " + std::to_string(decide->counter) +
                    (decide->stack ? " stack" : " back"));
    }
  }
  return all;
}

std::vector<Fen> disputed(const SessionBox& box) {
  std::vector<Fen> all;
  for (const tlog::Disputed& one : box.all<tlog::Disputed>()) all.push_back(one.amount);
  return all;
}

TEST(NoteInEscrow, IsAnIntentFirstAndNoMoneyYet) {
  SessionBox box;
  box.tell(offer(7, 10'000));
  EXPECT_EQ(box.log.size(), 1u);
  EXPECT_THAT(box.all<tlog::Intent>(), ElementsAre(tlog::Intent{"note", "N-1", 7, yuan(100)}));
  EXPECT_THAT(verdicts(box), ElementsAre("note 7 stack"));
  EXPECT_EQ(box.books.cash_total, Fen(0));
  EXPECT_EQ(box.books.pending_total(), yuan(100));
}

TEST(NoteInEscrow, IsAGiftWhenItIsStacked) {
  SessionBox box;
  box.tell(offer(7, 100));
  box.tell(stacked(8, 100));
  EXPECT_EQ(box.gifts(), Gifts({"one_yuan 100 reached"}));
  EXPECT_TRUE(box.books.pending().empty());
  EXPECT_THAT(box.books.faults, IsEmpty());
}

TEST(NoteInEscrow, OfAGiftBegunByTouchIsPartOfIt) {
  SessionBox box;
  box.tell(StartGift{tlog::Activity::one_day});
  box.wait(40s);
  box.tell(offer(7, 5'000));
  box.wait(40s);  // the note is being stacked: the scene was given new patience
  EXPECT_EQ(box.view.scene, Scene::choosing);
  box.tell(stacked(8, 5'000));
  box.tell(Done{});
  EXPECT_EQ(box.gifts(), Gifts({"one_day 5000 done"}));
}

TEST(NoteInEscrow, ThatWentBackIsAReturnedEntryAndNoMoney) {
  SessionBox box;
  box.tell(offer(7, 10'000));
  box.tell(went_back(8));
  ASSERT_EQ(box.all<tlog::Returned>().size(), 1u);
  EXPECT_EQ(box.all<tlog::Returned>()[0], (tlog::Returned{"note", "N-1", 8, 0, "returned"}));
  EXPECT_EQ(box.view.notice, Notice::returned);
  EXPECT_EQ(box.books.cash_total, Fen(0));
  EXPECT_TRUE(box.books.pending().empty());
}

TEST(NoteInEscrow, GoesBackWithoutAnEntryWhenTheGateIsClosed) {
  SessionBox box;
  box.tell(GateChecked{ended_gate()});
  box.tell(offer(7, 10'000));
  EXPECT_THAT(box.log, IsEmpty());
  EXPECT_THAT(verdicts(box), ElementsAre("note 7 back"));
  box.tell(went_back(8));
  EXPECT_THAT(box.log, IsEmpty()) << "nothing was promised, so nothing ends";
}

TEST(NoteInEscrow, ToldAgainIsStackedAtOnceWithoutASecondIntent) {
  SessionBox box;
  box.tell(offer(7, 10'000));
  box.tell(offer(7, 10'000));
  EXPECT_EQ(box.all<tlog::Intent>().size(), 1u);
  EXPECT_THAT(verdicts(box), ElementsAre("note 7 stack"));
}

TEST(NoteInEscrow, ToldAgainBehindAGateThatClosedGoesBack) {
  SessionBox box;
  box.tell(offer(7, 10'000));
  box.tell(GateChecked{ended_gate()});
  box.tell(offer(7, 10'000));
  EXPECT_THAT(verdicts(box), ElementsAre("note 7 back"));
  box.tell(went_back(8));
  EXPECT_EQ(box.all<tlog::Returned>().size(), 1u);
}

TEST(NoteInEscrow, AnotherNoteDisputesTheOneBefore) {
  SessionBox box;
  box.tell(offer(7, 10'000));
  box.tell(offer(9, 2'000));
  EXPECT_THAT(disputed(box), ElementsAre(yuan(100)));
  ASSERT_EQ(box.log.size(), 3u);
  EXPECT_TRUE(std::holds_alternative<tlog::Disputed>(box.log[1])) << "before the new intent";
  box.tell(stacked(10, 2'000));
  EXPECT_EQ(box.books.cash_total, yuan(20));
  EXPECT_EQ(box.books.disputed_total, yuan(100));
  EXPECT_THAT(box.books.faults, IsEmpty());
}

TEST(NoteInEscrow, ThatTheDeviceCannotTellIsDisputed) {
  SessionBox box;
  box.tell(offer(7, 10'000));
  box.tell(note_batch(8, {NoteUnclear{"jam while stacking"}}));
  ASSERT_EQ(box.all<tlog::Disputed>().size(), 1u);
  EXPECT_EQ(box.all<tlog::Disputed>()[0],
            (tlog::Disputed{"note", "N-1", 8, yuan(100), 0, "jam while stacking"}));
  EXPECT_TRUE(box.gifts().empty());
}

TEST(NoteInEscrow, ANoteNobodyPromisedThatIsUnclearIsOneEventOfUnknownMoney) {
  SessionBox box;
  box.tell(note_batch(8, {NoteUnclear{"jam"}}));
  EXPECT_THAT(box.all<tlog::Gap>(), ElementsAre(tlog::Gap{"note", "N-1", 8, 1, "unclear"}));
}

TEST(NoteInEscrow, OfADeviceThatRestartedIsDisputedAndTheGapIsOfUnknownSize) {
  SessionBox box;
  box.tell(offer(7, 10'000));
  CashBatch batch = note_batch(0, {});
  batch.restarted = true;
  box.tell(batch);
  EXPECT_THAT(disputed(box), ElementsAre(yuan(100)));
  EXPECT_EQ(box.books.unknown_gaps, 1u);
}

TEST(NoteInEscrow, OfADeviceThatWasSwappedIsDisputed) {
  SessionBox box;
  box.tell(offer(7, 10'000));
  CashBatch batch = note_batch(3, {});
  batch.serial = "N-2";
  batch.swapped = true;
  box.tell(batch);
  EXPECT_THAT(box.all<tlog::Gap>(),
              ElementsAre(tlog::Gap{"note", "N-2", 3, std::nullopt, "swapped"}));
  ASSERT_EQ(box.all<tlog::Disputed>().size(), 1u);
  EXPECT_EQ(box.all<tlog::Disputed>()[0].serial, "N-1") << "the old device's note";
}

TEST(NoteInEscrow, LostEventsMayHoldItsEnd) {
  SessionBox box;
  box.tell(offer(7, 10'000));
  CashBatch batch = note_batch(14, {CashRefused{}});
  batch.lost = 2;
  box.tell(batch);
  EXPECT_THAT(disputed(box), ElementsAre(yuan(100)));
}

TEST(NoteInEscrow, LostEventsBeforeItsEndTakeNothingFromIt) {
  for (const bool credited : {true, false}) {
    SessionBox box;
    box.tell(offer(7, 10'000));
    CashBatch batch = credited ? stacked(14, 10'000) : went_back(14);
    batch.lost = 2;
    box.tell(batch);
    EXPECT_THAT(disputed(box), IsEmpty());
    EXPECT_EQ(box.books.cash_total, credited ? yuan(100) : Fen(0));
    EXPECT_EQ(box.books.lost, 2u);
  }
}

TEST(NoteInEscrow, ANoteOfAnotherValueThatIsStackedIsNotIt) {
  SessionBox box;
  box.tell(offer(7, 10'000));
  box.tell(stacked(8, 500));
  EXPECT_THAT(disputed(box), ElementsAre(yuan(100)));
  EXPECT_EQ(box.books.cash_total, yuan(5));
  EXPECT_THAT(box.books.faults, IsEmpty());
}

TEST(NoteInEscrow, CoinsAndOrdinaryReturnsEndNothing) {
  SessionBox box;
  box.tell(offer(7, 10'000));
  box.coin(100);
  box.tell(note_batch(8, {CashRefused{}}));
  EXPECT_EQ(box.books.pending().size(), 1u);
}

TEST(NoteInEscrow, StaysOpenOverAPowerCutUntilTheDeviceTells) {
  const std::vector<std::pair<CashBatch, std::string>> ends = {
      {stacked(8, 10'000), "credited"},
      {went_back(8), "returned"},
      {note_batch(8, {NoteUnclear{"jam"}}), "disputed"}};
  for (const auto& [batch, end] : ends) {
    SessionBox box;
    box.tell(offer(7, 10'000));
    box.cut();
    EXPECT_EQ(box.books.pending().size(), 1u) << "nothing is guessed";
    box.tell(batch);
    EXPECT_TRUE(box.books.pending().empty());
    EXPECT_EQ(box.books.cash_total, end == "credited" ? yuan(100) : Fen(0));
    EXPECT_EQ(box.all<tlog::Returned>().size(), end == "returned" ? 1u : 0u);
    EXPECT_EQ(box.all<tlog::Disputed>().size(), end == "disputed" ? 1u : 0u);
    EXPECT_THAT(box.books.faults, IsEmpty());
  }
}

TEST(NoteInEscrow, HeldStillAfterAPowerCutIsStackedAtOnce) {
  SessionBox box;
  box.tell(offer(7, 10'000));
  box.cut();
  box.tell(offer(7, 10'000));
  EXPECT_THAT(verdicts(box), ElementsAre("note 7 stack"));
  EXPECT_EQ(box.all<tlog::Intent>().size(), 1u);
}

TEST(NoteWithoutEscrow, IsCreditedAsItComes) {
  SessionBox box;
  box.tell(stacked(1, 2'000));
  EXPECT_EQ(box.gifts(), Gifts({"one_yuan 2000 reached"}));
  EXPECT_THAT(box.books.faults, IsEmpty());
}

TEST(SwappedAcceptor, IsAGapOfUnknownSizeAndItsNewCoinsCount) {
  SessionBox box;
  CashBatch batch{
      .device = "coin", .serial = "new", .facts = {CashIn{5, yuan(1)}}, .counter = 5, .lost = {}};
  batch.swapped = true;
  box.tell(batch);
  EXPECT_EQ(std::get<tlog::Gap>(box.log[0]),
            (tlog::Gap{"coin", "new", 5, std::nullopt, "swapped"}));
  EXPECT_EQ(box.books.cash_total, yuan(1));
}

// ---- test money

TEST(TestMoney, IsInNoGiftAndIsShownAsWhatItIs) {
  SessionBox box;
  box.tell(BeginTest{"coin"});
  EXPECT_EQ(box.view.scene, Scene::testing);
  box.coins({100, 50});
  box.coin(10);
  ASSERT_EQ(box.log.size(), 3u);
  for (std::size_t seq = 0; seq < 3; ++seq) {
    const auto& cash = std::get<tlog::Cash>(box.log[seq]);
    EXPECT_EQ(cash.purpose, tlog::Purpose::test);
    EXPECT_EQ(cash.session, seq);
  }
  EXPECT_EQ(box.view.testing, (Testing{"coin", 3, Fen(160), Fen(10)}));
  box.tell(EndTest{});
  box.wait(3s);
  EXPECT_EQ(box.view.scene, Scene::idle);
  EXPECT_EQ(box.view.testing, std::nullopt);
  EXPECT_TRUE(box.gifts().empty());
  EXPECT_EQ(box.books.test_total, Fen(160));
  box.coin(100);
  EXPECT_EQ(box.gifts(), Gifts({"one_yuan 100 reached"}));
}

TEST(TestMoney, IsTakenBehindAClosedGateAndItsAcceptorsCloseAtTheEnd) {
  SessionBox box;
  box.tell(GateChecked{ended_gate()});
  EXPECT_FALSE(box.accepting);
  box.tell(BeginTest{"note"});
  EXPECT_TRUE(box.accepting);
  box.tell(GateChecked{ended_gate()});
  EXPECT_EQ(box.view.scene, Scene::testing) << "the gate is looked at again meanwhile";
  box.coin(100);
  EXPECT_TRUE(box.gifts().empty());
  box.tell(EndTest{});
  box.wait(3s);
  EXPECT_EQ(box.view.scene, Scene::closed);
  EXPECT_FALSE(box.accepting);
}

TEST(TestMoney, EndsByItselfTwoMinutesAfterTheLastPiece) {
  SessionBox box;
  box.tell(BeginTest{"coin"});
  box.wait(119s);
  box.coin(100);
  box.wait(119s);
  EXPECT_EQ(box.view.scene, Scene::testing);
  EXPECT_TRUE(box.accepting);
  box.wait(1s);
  EXPECT_FALSE(box.accepting);
  box.wait(3s);
  EXPECT_EQ(box.view.scene, Scene::idle);
}

// A coin is reported a poll after it fell: as a gift, a technician's coin would be a donor's.
TEST(TestMoney, APieceThatWasFallingWhenTheTestEndedIsTestMoneyStill) {
  for (const bool open : {true, false}) {
    SessionBox box;
    if (!open) box.tell(GateChecked{ended_gate()});
    box.tell(BeginTest{"coin"});
    box.tell(EndTest{});
    EXPECT_FALSE(box.accepting) << "nothing new may fall in";
    box.tell(offer(7, 10'000));
    EXPECT_THAT(verdicts(box), ElementsAre("note 7 back"));
    box.wait(2s);
    box.coin(100);
    EXPECT_EQ(box.view.testing, (Testing{"coin", 1, Fen(100), Fen(100), true}));
    box.wait(2s);
    box.tell(EndTest{});
    box.coin(50);
    box.wait(3s);
    EXPECT_EQ(box.view.scene, open ? Scene::idle : Scene::closed);
    EXPECT_EQ(box.accepting, open);
    EXPECT_TRUE(box.gifts().empty());
    EXPECT_EQ(box.books.test_total, Fen(150));
  }
}

TEST(TestMoney, DoesNotBeginWhileSomebodyGives) {
  SessionBox box;
  box.coin(50);
  box.tell(BeginTest{"coin"});
  EXPECT_EQ(box.view.scene, Scene::collecting);
  box.wait(4s);
  box.tell(BeginTest{"coin"});
  EXPECT_EQ(box.view.scene, Scene::thanks);
  box.wait(10s);
  box.tell(StartGift{});
  box.tell(BeginTest{"coin"});
  EXPECT_EQ(box.view.scene, Scene::choosing);
}

TEST(TestMoney, DonorsTouchesDoNothingButEndIt) {
  SessionBox box;
  box.tell(BeginTest{"coin"});
  box.tell(StartGift{});
  box.tell(ChooseAmount{yuan(5)});
  box.tell(More{});
  box.tell(AskSlip{SlipWish::paper});
  EXPECT_EQ(box.view.scene, Scene::testing);
  EXPECT_THAT(box.log, IsEmpty());
  box.tell(Done{});
  box.wait(3s);
  EXPECT_EQ(box.view.scene, Scene::idle);
}

TEST(TestMoney, ANoteHeldAtItsEndIsTestMoneyStill) {
  SessionBox box;
  box.tell(BeginTest{"note"});
  box.tell(offer(7, 10'000));
  EXPECT_THAT(verdicts(box), ElementsAre("note 7 stack"));
  box.tell(EndTest{});
  box.tell(stacked(8, 10'000));
  EXPECT_TRUE(box.gifts().empty());
  EXPECT_EQ(box.books.test_total, yuan(100));
  box.wait(3s);
  EXPECT_EQ(box.view.scene, Scene::idle);
}

TEST(TestMoney, ANoteHeldAtAPowerCutIsTestMoneyStill) {
  SessionBox box;
  box.tell(BeginTest{"note"});
  box.tell(offer(7, 10'000));
  box.cut();
  box.tell(stacked(8, 10'000));
  EXPECT_TRUE(box.gifts().empty());
  EXPECT_EQ(box.books.test_total, yuan(100));
}

TEST(TestMoney, ADonorsNoteThatWasHeldWhenTheTestBeganIsAGift) {
  SessionBox box;
  box.tell(offer(7, 10'000));
  box.tell(BeginTest{"coin"});
  box.tell(stacked(8, 10'000));
  EXPECT_EQ(box.gifts(), Gifts({"one_yuan 10000 reached"}));
  EXPECT_EQ(box.view.scene, Scene::testing);
  box.coin(50);
  EXPECT_EQ(box.books.test_total, Fen(50));
  EXPECT_THAT(box.books.faults, IsEmpty());
}

TEST(TestMoney, IsForgottenByAFailedJournal) {
  SessionBox box;
  box.tell(BeginTest{"coin"});
  box.tell(JournalFailed{});
  EXPECT_EQ(box.view.scene, Scene::out_of_service);
  EXPECT_FALSE(box.accepting);
}

}  // namespace
}  // namespace yijuan::domain
