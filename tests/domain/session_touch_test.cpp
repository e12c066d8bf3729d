// Gifts that a person begins by touch, their slips, and what happens when nobody answers.
#include <gmock/gmock.h>

#include "session_box.hpp"

namespace yijuan::domain {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using tlog::Activity;
using tlog::SlipOutcome;
using Gifts = std::vector<std::string>;

void begin_one_day(SessionBox& box, std::int64_t fen) {
  box.tell(StartGift{Activity::one_day});
  box.tell(ChooseAmount{Fen(fen)});
}
std::vector<std::string> slips(const SessionBox& box) {
  const char* names[] = {"printed", "failed", "declined", "uncertain"};
  std::vector<std::string> lines;
  for (const tlog::Slip& slip : box.all<tlog::Slip>()) {
    lines.push_back(std::to_string(slip.gift) + "/" + std::to_string(slip.copy) + " " +
                    names[static_cast<int>(slip.outcome)] + " " + slip.why);
  }
  return lines;
}

TEST(OneDay, TakesCashUntilTheAmountIsReached) {
  SessionBox box;
  box.tell(StartGift{Activity::one_day});
  EXPECT_EQ(box.view.scene, Scene::choosing);
  box.tell(ChooseAmount{yuan(3)});
  EXPECT_EQ(box.view.scene, Scene::taking);
  EXPECT_EQ(box.view.target, yuan(3));
  box.coins({100, 100});
  EXPECT_EQ(box.view.given, yuan(2));
  EXPECT_THAT(box.gifts(), IsEmpty());
  box.coin(100);
  EXPECT_EQ(box.view.given, yuan(3));
  box.wait(2s);
  EXPECT_EQ(box.gifts(), Gifts({"one_day 300 reached"}));
  EXPECT_EQ(box.view.scene, Scene::thanks);
}

TEST(OneDay, MoreIsABiggerGift) {
  SessionBox box;
  begin_one_day(box, 300);
  box.coins({100, 100, 500});
  box.wait(2s);
  EXPECT_EQ(box.gifts(), Gifts({"one_day 700 reached"}));
}

TEST(OneDay, TheRestOfAHandfulStillJoins) {
  SessionBox box;
  begin_one_day(box, 200);
  for (int i = 0; i < 5; ++i) {
    box.coin(100);
    box.wait(1s);
  }
  box.wait(1s);
  EXPECT_EQ(box.gifts(), Gifts({"one_day 500 reached"}));
}

TEST(OneDay, LessIsStillAGiftAtDone) {
  SessionBox box;
  begin_one_day(box, 30'000);
  box.coin(100);
  box.tell(Done{});
  EXPECT_EQ(box.gifts(), Gifts({"one_day 100 done"}));
}

TEST(OneDay, LessIsStillAGiftWhenNobodyAnswers) {
  SessionBox box;
  begin_one_day(box, 30'000);
  box.coin(100);
  box.wait(60s);
  EXPECT_EQ(box.view.scene, Scene::asking);
  EXPECT_THAT(box.gifts(), IsEmpty());
  box.wait(20s);
  EXPECT_EQ(box.gifts(), Gifts({"one_day 100 timeout"}));
}

TEST(OneDay, CancelCannotGiveMoneyBackSoItIsAGift) {
  SessionBox box;
  begin_one_day(box, 30'000);
  box.coin(100);
  box.tell(Cancel{});
  EXPECT_EQ(box.gifts(), Gifts({"one_day 100 done"}));
}

TEST(OneDay, NothingGivenWritesNothing) {
  for (const SessionEvent& end : {SessionEvent(Done{}), SessionEvent(Cancel{})}) {
    SessionBox box;
    begin_one_day(box, 300);
    box.tell(end);
    EXPECT_THAT(box.log, IsEmpty());
    EXPECT_EQ(box.view.scene, Scene::idle);
  }
  SessionBox box;
  begin_one_day(box, 300);
  box.wait(60s);
  EXPECT_EQ(box.view.scene, Scene::asking);
  box.wait(20s);
  EXPECT_EQ(box.view.scene, Scene::idle);
  EXPECT_THAT(box.log, IsEmpty());
}

TEST(OneDay, ACoinOrATouchAnswersTheQuestion) {
  SessionBox box;
  begin_one_day(box, 1000);
  box.coin(100);
  box.wait(65s);
  box.coin(100);
  EXPECT_EQ(box.view.scene, Scene::taking);
  box.wait(65s);
  EXPECT_EQ(box.view.scene, Scene::asking);
  box.tell(More{});
  EXPECT_EQ(box.view.scene, Scene::taking);
  box.wait(80s);
  EXPECT_EQ(box.gifts(), Gifts({"one_day 200 timeout"}));
}

TEST(OneDay, CoinsBeforeTheAmountIsChosenBelongToIt) {
  SessionBox box;
  box.tell(StartGift{Activity::one_day});
  box.coin(100);
  EXPECT_EQ(box.view.scene, Scene::taking);
  EXPECT_EQ(box.view.target, Fen(0));
  box.tell(ChooseAmount{yuan(1)});  // already there
  box.wait(2s);
  EXPECT_EQ(box.gifts(), Gifts({"one_day 100 reached"}));
}

TEST(FreeGift, WithoutAnAmountItLastsUntilDone) {
  SessionBox box;
  box.tell(StartGift{Activity::free});
  for (int i = 0; i < 10; ++i) {
    box.coins({100, 50});
    box.wait(10s);
  }
  box.tell(Done{});
  EXPECT_EQ(box.gifts(), Gifts({"free 1500 done"}));
  EXPECT_TRUE(box.books.faults.empty());
}

TEST(FreeGift, CarriesTheDesignationAndUnitThatWereChosen) {
  SessionBox box;
  box.tell(StartGift{Activity::free});
  box.tell(ChooseDesignation{"students"});
  box.tell(ChooseUnit{"school-1"});
  box.tell(ChooseAmount{yuan(1)});
  box.coin(100);
  box.wait(2s);
  const tlog::Terms terms{Activity::free, "students", "school-1"};
  EXPECT_EQ(box.all<tlog::Gift>().at(0).terms, terms);
  EXPECT_EQ(box.all<tlog::Cash>().at(0).terms, terms);
}

TEST(FreeGift, IgnoresWhatThePackDoesNotKnow) {
  SessionBox box;
  box.tell(StartGift{Activity::free});
  box.tell(ChooseUnit{"school-1"});
  box.tell(ChooseDesignation{"a yacht"});
  box.tell(ChooseUnit{"nobody"});
  EXPECT_EQ(box.view.terms, (tlog::Terms{Activity::free, "general", "school-1"}));
  box.tell(ChooseUnit{""});
  EXPECT_EQ(box.view.terms.unit, "");
}

TEST(FreeGift, TermsAreFixedOnceMoneyIsIn) {
  SessionBox box;
  box.tell(StartGift{Activity::free});
  box.coin(100);
  box.tell(ChooseDesignation{"students"});
  box.tell(ChooseUnit{"school-1"});
  box.tell(StartGift{Activity::one_day});
  box.coin(100);
  box.tell(Done{});
  EXPECT_EQ(box.gifts(), Gifts({"free 200 done"}));
  EXPECT_TRUE(box.books.faults.empty());
}

TEST(FreeGift, AnyAmountTakesUntilDone) {
  SessionBox box;
  box.tell(StartGift{Activity::free});
  box.tell(ChooseAmount{Fen(0)});
  EXPECT_EQ(box.view.scene, Scene::taking);
  box.coin(100);
  box.coin(100);
  EXPECT_EQ(box.view.scene, Scene::taking);
  box.tell(Done{});
  EXPECT_EQ(box.gifts(), Gifts({"free 200 done"}));
}

TEST(FreeGift, RefusesAmountsThatCannotBe) {
  SessionBox box;
  box.tell(StartGift{Activity::free});
  for (const std::int64_t fen : {std::int64_t{-100}, INT64_MAX, INT64_MIN}) {
    box.tell(ChooseAmount{Fen(fen)});
    EXPECT_EQ(box.view.scene, Scene::choosing);
  }
}

TEST(FreeGift, SmallCoinsThatWaitedAreClosedBeforeItBegins) {
  SessionBox box;
  box.coin(50);
  box.tell(StartGift{Activity::free});
  EXPECT_EQ(box.gifts(), Gifts({"one_yuan 50 done"}));
  EXPECT_EQ(box.view.scene, Scene::choosing);
  box.coin(100);
  box.tell(Done{});
  EXPECT_EQ(box.gifts().back(), "free 100 done");
}

TEST(FreeGift, AnotherActivityCanBeChosenBeforeAnAmount) {
  SessionBox box;
  box.tell(StartGift{Activity::free});
  box.tell(ChooseUnit{"school-1"});
  box.tell(StartGift{Activity::one_day});
  EXPECT_EQ(box.view.terms, (tlog::Terms{Activity::one_day, "general", "school-1"}));
  box.tell(StartGift{Activity::one_yuan});  // not a gift that begins by touch
  EXPECT_EQ(box.view.terms.activity, Activity::one_day);
}

TEST(FreeGift, AnAbandonedChoiceReturnsToIdle) {
  SessionBox box;
  box.tell(StartGift{Activity::free});
  box.wait(45s);
  EXPECT_EQ(box.view.scene, Scene::idle);
  box.coin(100);
  EXPECT_EQ(box.gifts(), Gifts({"one_yuan 100 reached"}));
}

TEST(Thanks, MoreBeginsAGiftOnTheSameTerms) {
  SessionBox box;
  box.tell(StartGift{Activity::free});
  box.tell(ChooseDesignation{"students"});
  box.coin(100);
  box.tell(Done{});
  box.tell(More{});
  EXPECT_EQ(box.view.scene, Scene::choosing);
  EXPECT_EQ(box.view.terms, (tlog::Terms{Activity::free, "students", ""}));
  EXPECT_EQ(box.view.given, Fen(0));
  EXPECT_EQ(box.view.target, Fen(0));
}

// ---- slips

TEST(Slips, APlainCoinPrintsAndRecordsNothingUnlessAsked) {
  SessionBox box;
  box.coin(100);
  EXPECT_EQ(box.view.thanks->slip_state, SlipState::offered);
  box.wait(10s);
  EXPECT_THAT(box.prints, IsEmpty());
  EXPECT_THAT(slips(box), IsEmpty());
}

TEST(Slips, APlainCoinPrintsWhenAsked) {
  SessionBox box;
  box.coin(100);
  box.tell(AskSlip{SlipWish::paper});
  ASSERT_EQ(box.prints.size(), 1u);
  EXPECT_EQ(box.prints[0].gift, 1u);
  EXPECT_EQ(box.view.thanks->slip_state, SlipState::printing);
  box.tell(Printed{1, 1, SlipOutcome::printed, ""});
  EXPECT_EQ(box.view.thanks->slip_state, SlipState::printed);
  EXPECT_EQ(slips(box), Gifts({"1/1 printed "}));
}

TEST(Slips, AGiftByTouchIsAskedAndNoAnswerIsRecorded) {
  SessionBox box;
  begin_one_day(box, 100);
  box.coin(100);
  box.wait(2s);
  EXPECT_EQ(box.view.scene, Scene::thanks);
  box.wait(20s);
  EXPECT_EQ(slips(box), Gifts({"1/1 declined no answer"}));
  EXPECT_EQ(box.view.scene, Scene::idle);
}

TEST(Slips, EveryAnswerIsRecordedOnce) {
  const std::pair<SessionEvent, const char*> answers[] = {
      {AskSlip{SlipWish::none}, "1/1 declined not wanted"},
      {AskSlip{SlipWish::screen}, "1/1 declined on screen"},
      {Done{}, "1/1 declined not wanted"},
      {StartGift{Activity::free}, "1/1 declined no answer"},
  };
  for (const auto& [answer, line] : answers) {
    SessionBox box;
    begin_one_day(box, 100);
    box.coin(100);
    box.wait(2s);
    box.tell(answer);
    box.wait(200s);
    EXPECT_EQ(slips(box), Gifts({line}));
  }
}

TEST(Slips, AFailedPrintIsRecordedAndOfferedAgainAsTheNextCopy) {
  SessionBox box;
  begin_one_day(box, 100);
  box.coin(100);
  box.wait(2s);
  box.tell(AskSlip{SlipWish::paper});
  box.tell(Printed{1, 1, SlipOutcome::failed, "paper out"});
  EXPECT_EQ(box.view.thanks->slip_state, SlipState::failed);
  box.tell(AskSlip{SlipWish::paper});
  ASSERT_EQ(box.prints.size(), 2u);
  EXPECT_EQ(box.prints[1].copy, 2u);
  box.tell(Printed{1, 2, SlipOutcome::uncertain, "no status"});
  EXPECT_EQ(box.view.thanks->slip_state, SlipState::uncertain);
  EXPECT_EQ(slips(box), Gifts({"1/1 failed paper out", "1/2 uncertain no status"}));
}

TEST(Slips, WithoutAPrinterTheWishIsRecordedAndTheScreenRemains) {
  SessionBox box;
  box.paper = false;
  begin_one_day(box, 100);
  box.coin(100);
  box.wait(2s);
  EXPECT_FALSE(box.view.paper);
  box.tell(AskSlip{SlipWish::paper});
  EXPECT_THAT(box.prints, IsEmpty());
  EXPECT_EQ(slips(box), Gifts({"1/1 failed printer not ready"}));
  box.tell(AskSlip{SlipWish::screen});
  EXPECT_EQ(box.view.scene, Scene::thanks);
}

TEST(Slips, NoSecondPaperOfAPrintedSlip) {
  SessionBox box;
  box.coin(100);
  box.tell(AskSlip{SlipWish::paper});
  box.tell(AskSlip{SlipWish::paper});  // an impatient finger
  box.tell(Printed{1, 1, SlipOutcome::printed, ""});
  box.tell(AskSlip{SlipWish::paper});
  EXPECT_EQ(box.prints.size(), 1u);
}

TEST(Slips, ALateOrStrangeAnswerOfThePrinterDoesNoHarm) {
  SessionBox box;
  box.coin(100);
  box.tell(Printed{1, 1, SlipOutcome::printed, ""});  // nobody asked
  EXPECT_THAT(slips(box), IsEmpty());
  box.tell(AskSlip{SlipWish::paper});
  box.wait(100s);
  EXPECT_EQ(box.view.scene, Scene::idle);
  EXPECT_FALSE(box.session.idle());  // an answer is still to come
  box.tell(Printed{1, 1, SlipOutcome::printed, ""});
  box.tell(Printed{1, 1, SlipOutcome::printed, ""});
  EXPECT_EQ(slips(box), Gifts({"1/1 printed "}));
  EXPECT_TRUE(box.session.idle());
}

TEST(Slips, TheNextCoinDoesNotTakeAwayTheQuestion) {
  SessionBox box;
  begin_one_day(box, 10'000);
  box.coins({5000, 5000});
  box.wait(2s);
  box.coin(100);  // a child, while the donor thinks about a slip
  EXPECT_EQ(box.gifts().back(), "one_yuan 100 reached");
  EXPECT_EQ(box.view.thanks->amount, yuan(100));
  EXPECT_EQ(box.view.thanks->gifts, 2u);
  EXPECT_EQ(box.view.thanks->total, yuan(101));
  box.tell(AskSlip{SlipWish::paper});
  EXPECT_EQ(box.prints.at(0).gift, box.view.thanks->gift);
  EXPECT_EQ(std::get<tlog::Gift>(box.log[box.prints.at(0).gift]).amount, yuan(100));
}

// ---- gate and journal

TEST(Gates, ClosedAtTheStartUntilItIsChecked) {
  Session session;
  EXPECT_EQ(session.view().scene, Scene::closed);
  SessionContext context;
  const SessionStep first = session.step(Tick{}, context);
  ASSERT_EQ(first.effects.size(), 2u);
  EXPECT_FALSE(std::get<AcceptCash>(first.effects[0]).accept);
  EXPECT_EQ(std::get<Present>(first.effects[1]).view.scene, Scene::closed);
}

TEST(Gates, AClosedGateBeginsNothingAndSaysWhy) {
  SessionBox box;
  box.tell(GateChecked{ended_gate()});
  EXPECT_FALSE(box.accepting);
  EXPECT_EQ(box.view.scene, Scene::closed);
  EXPECT_EQ(box.view.gate.reason, GateReason::ended);
  box.tell(StartGift{Activity::free});
  box.tell(More{});
  box.tell(Done{});
  box.wait(1000s);
  EXPECT_EQ(box.view.scene, Scene::closed);
  EXPECT_THAT(box.log, IsEmpty());
  box.tell(GateChecked{open_gate()});
  EXPECT_EQ(box.view.scene, Scene::idle);
  EXPECT_TRUE(box.accepting);
}

TEST(Gates, MoneyThatIsInWhenTheGateClosesIsAGift) {
  SessionBox box;
  begin_one_day(box, 30'000);
  box.coin(100);
  box.tell(GateChecked{ended_gate()});
  EXPECT_EQ(box.gifts(), Gifts({"one_day 100 gate"}));
  EXPECT_EQ(box.view.scene, Scene::thanks);
  box.tell(More{});  // nothing new begins
  EXPECT_EQ(box.view.scene, Scene::thanks);
  box.wait(20s);
  EXPECT_EQ(box.view.scene, Scene::closed);
}

TEST(Gates, ACoinInFlightIsWrittenAndBecomesAGift) {
  for (const bool pack : {true, false}) {
    SessionBox box;
    box.tell(GateChecked{ended_gate()});
    box.has_pack = pack;
    box.coins({50, 100});
    EXPECT_EQ(box.gifts(), Gifts({"one_yuan 50 gate", "one_yuan 100 gate"}));
    EXPECT_EQ(box.all<tlog::Gift>().at(0).campaign, pack ? "demo" : "");
    box.wait(10s);
    EXPECT_EQ(box.view.scene, Scene::closed);
    EXPECT_TRUE(box.books.open().empty());
  }
}

TEST(Gates, AChoiceWithoutMoneyEndsWithTheGate) {
  SessionBox box;
  box.tell(StartGift{Activity::free});
  box.tell(GateChecked{ended_gate()});
  EXPECT_EQ(box.view.scene, Scene::closed);
  EXPECT_THAT(box.log, IsEmpty());
}

TEST(JournalFailure, NothingIsWrittenTakenOrShownAfterwards) {
  SessionBox box;
  begin_one_day(box, 30'000);
  box.coin(100);
  const std::size_t size = box.log.size();
  box.tell(JournalFailed{});
  EXPECT_FALSE(box.accepting);
  EXPECT_EQ(box.view.scene, Scene::out_of_service);
  EXPECT_EQ(box.view.given, Fen(0));
  box.coin(100);
  box.tell(Done{});
  box.tell(GateChecked{open_gate()});
  box.tell(Printed{1, 1, SlipOutcome::printed, ""});
  box.wait(1000s);
  EXPECT_EQ(box.log.size(), size);
  EXPECT_FALSE(box.accepting);
  EXPECT_EQ(box.view.scene, Scene::out_of_service);
}

// ---- power cuts

TEST(PowerCut, ClosesTheSessionOnItsOwnTerms) {
  SessionBox box;
  box.tell(StartGift{Activity::one_day});
  box.tell(ChooseDesignation{"students"});
  box.tell(ChooseUnit{"school-1"});
  box.tell(ChooseAmount{yuan(300)});
  box.coins({100, 50});
  box.cut();
  const auto gifts = box.all<tlog::Gift>();
  ASSERT_EQ(gifts.size(), 1u);
  EXPECT_EQ(gifts[0].terms, (tlog::Terms{Activity::one_day, "students", "school-1"}));
  EXPECT_EQ(gifts[0].amount, Fen(150));
  EXPECT_EQ(gifts[0].closed, "power");
  EXPECT_EQ(gifts[0].slip, 1u);
  EXPECT_EQ(box.view.scene, Scene::idle);
}

TEST(PowerCut, SlipNumbersGoOnWithoutAGap) {
  SessionBox box;
  box.coins({100, 100, 50});
  box.cut();
  box.coin(100);
  std::vector<std::uint64_t> numbers;
  for (const tlog::Gift& gift : box.all<tlog::Gift>()) numbers.push_back(gift.slip);
  EXPECT_THAT(numbers, ElementsAre(1, 2, 3, 4));
}

TEST(PowerCut, ATidyLogNeedsNoRecovery) {
  SessionBox box;
  box.coin(100);
  EXPECT_THAT(recover(box.books, box.context()), IsEmpty());
}

}  // namespace
}  // namespace yijuan::domain
