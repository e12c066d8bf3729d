// Coins at idle: the table of rules.md, line by line.
#include <gmock/gmock.h>

#include "domain/slip_code.hpp"
#include "session_box.hpp"

namespace yijuan::domain {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using Gifts = std::vector<std::string>;

SessionBox quiet_box() {
  return SessionBox(box_pack(OneYuanMode::until_quiet));
}

// ---- each yuan its own gift

TEST(CoinsEachYuan, OneYuanIsCashAndGiftInOneStep) {
  SessionBox box;
  box.coin(100);
  ASSERT_EQ(box.last.entries.size(), 2u);
  const auto& cash = std::get<tlog::Cash>(box.last.entries[0]);
  const auto& gift = std::get<tlog::Gift>(box.last.entries[1]);
  EXPECT_EQ(cash.amount, yuan(1));
  EXPECT_EQ(cash.session, 0u);
  EXPECT_EQ(cash.terms, (tlog::Terms{tlog::Activity::one_yuan, "general", ""}));
  EXPECT_EQ(gift.terms, cash.terms);
  EXPECT_EQ(gift.cash, std::vector<Seq>{0});
  EXPECT_EQ(gift.campaign, "demo");
  EXPECT_EQ(gift.people, 1u);
  EXPECT_EQ(gift.slip, 1u);
  EXPECT_EQ(gift.claim, slip_claim(slip_secret(as_bytes("slip key"), SessionBox::kOrigin, 1)));
  EXPECT_EQ(box.view.scene, Scene::thanks);
}

TEST(CoinsEachYuan, AQueueOfChildrenIsThankedCoinByCoin) {
  SessionBox box;
  for (int i = 0; i < 3; ++i) box.coin(100);
  EXPECT_EQ(box.gifts(), Gifts(3, "one_yuan 100 reached"));
  EXPECT_EQ(box.view.thanks->gifts, 3u);
  EXPECT_EQ(box.view.thanks->total, yuan(3));
  EXPECT_EQ(box.view.thanks->amount, yuan(1));
  EXPECT_EQ(box.view.thanks->slip, 3u);
  box.wait(7s);
  EXPECT_EQ(box.view.scene, Scene::idle);
  box.coin(100);
  EXPECT_EQ(box.view.thanks->gifts, 1u);
}

TEST(CoinsEachYuan, ABurstInOneReportIsOneStepOfManyGifts) {
  SessionBox box;
  box.coins({100, 100, 100, 100, 100});
  EXPECT_EQ(box.last.entries.size(), 10u);
  EXPECT_EQ(box.gifts(), Gifts(5, "one_yuan 100 reached"));
  EXPECT_TRUE(box.books.faults.empty());
}

TEST(CoinsEachYuan, HalfAYuanWaitsAndBecomesAGiftAtQuiet) {
  SessionBox box;
  box.coin(50);
  EXPECT_THAT(box.gifts(), IsEmpty());
  EXPECT_EQ(box.view.scene, Scene::collecting);
  EXPECT_EQ(box.view.given, Fen(50));
  box.wait(3999ms);
  EXPECT_THAT(box.gifts(), IsEmpty());
  box.wait(1ms);
  EXPECT_EQ(box.gifts(), Gifts({"one_yuan 50 quiet"}));
}

TEST(CoinsEachYuan, SmallCoinsJoinUntilAYuanIsReached) {
  SessionBox box;
  box.coin(50);
  box.wait(3s);
  box.coin(50);
  EXPECT_EQ(box.gifts(), Gifts({"one_yuan 100 reached"}));
  box.coins({50, 10, 10, 10, 10, 10});
  EXPECT_EQ(box.gifts().back(), "one_yuan 100 reached");
  box.coins({10, 10, 10, 10, 10, 10, 50});
  EXPECT_EQ(box.gifts().back(), "one_yuan 110 reached");
  EXPECT_TRUE(box.books.open().empty());
}

TEST(CoinsEachYuan, EachSmallCoinRenewsTheQuietTime) {
  SessionBox box;
  for (int i = 0; i < 5; ++i) {
    box.coin(10);
    box.wait(3s);
  }
  EXPECT_THAT(box.gifts(), IsEmpty());
  box.wait(1s);
  EXPECT_EQ(box.gifts(), Gifts({"one_yuan 50 quiet"}));
}

TEST(CoinsEachYuan, AWholeYuanDoesNotSwallowTheSmallCoinsOfTheChildBefore) {
  SessionBox box;
  box.coin(50);
  box.wait(1s);
  box.coin(100);
  EXPECT_EQ(box.gifts(), Gifts({"one_yuan 100 reached"}));
  EXPECT_EQ(box.view.scene, Scene::thanks);
  EXPECT_EQ(box.view.given, Fen(50));  // still shown, still waiting
  box.wait(3s);                        // its own quiet time, not renewed by the other coin
  EXPECT_EQ(box.gifts(), Gifts({"one_yuan 100 reached", "one_yuan 50 quiet"}));
  EXPECT_TRUE(box.books.faults.empty());
}

TEST(CoinsEachYuan, AFiveYuanPieceIsOneGift) {
  SessionBox box;
  box.coin(500);
  EXPECT_EQ(box.gifts(), Gifts({"one_yuan 500 reached"}));
}

TEST(CoinsEachYuan, SmallCoinsDuringThanksStayBesideIt) {
  SessionBox box;
  box.coin(100);
  box.coin(10);
  EXPECT_EQ(box.view.scene, Scene::thanks);
  EXPECT_EQ(box.view.given, Fen(10));
  box.wait(4s);
  EXPECT_EQ(box.gifts().back(), "one_yuan 10 quiet");
  EXPECT_EQ(box.view.thanks->gifts, 2u);
  EXPECT_EQ(box.view.thanks->total, Fen(110));
}

TEST(CoinsEachYuan, DoneClosesSmallCoinsAtOnce) {
  SessionBox box;
  box.coin(50);
  box.tell(Done{});
  EXPECT_EQ(box.gifts(), Gifts({"one_yuan 50 done"}));
}

// ---- coins until a quiet time

TEST(CoinsUntilQuiet, ThreeYuanAreOneGift) {
  SessionBox box = quiet_box();
  for (int i = 0; i < 3; ++i) {
    box.coin(100);
    box.wait(1s);
  }
  EXPECT_THAT(box.gifts(), IsEmpty());
  EXPECT_EQ(box.view.scene, Scene::collecting);
  EXPECT_EQ(box.view.given, yuan(3));
  box.wait(3s);
  EXPECT_EQ(box.gifts(), Gifts({"one_yuan 300 quiet"}));
  EXPECT_EQ(box.view.thanks->amount, yuan(3));
}

TEST(CoinsUntilQuiet, HalfAYuanIsAGiftToo) {
  SessionBox box = quiet_box();
  box.coin(50);
  box.wait(4s);
  EXPECT_EQ(box.gifts(), Gifts({"one_yuan 50 quiet"}));
}

TEST(CoinsUntilQuiet, TheNextDonorBeginsAGiftOfTheirOwn) {
  SessionBox box = quiet_box();
  box.coin(100);
  box.wait(4s);
  box.coin(100);  // during the thanks
  EXPECT_EQ(box.view.scene, Scene::collecting);
  box.wait(4s);
  EXPECT_EQ(box.gifts(), Gifts({"one_yuan 100 quiet", "one_yuan 100 quiet"}));
  const auto cash = box.all<tlog::Cash>();
  EXPECT_NE(cash[0].session, cash[1].session);
}

TEST(CoinsUntilQuiet, ThePackSetsTheQuietTime) {
  SessionBox box = quiet_box();
  box.pack.quiet = 10s;
  box.coin(100);
  box.wait(9999ms);
  EXPECT_THAT(box.gifts(), IsEmpty());
  box.wait(1ms);
  EXPECT_EQ(box.gifts(), Gifts({"one_yuan 100 quiet"}));
}

TEST(CoinsUntilQuiet, DoneClosesTheGift) {
  SessionBox box = quiet_box();
  box.coins({100, 50});
  box.tell(Done{});
  EXPECT_EQ(box.gifts(), Gifts({"one_yuan 150 done"}));
}

// A Tick that comes late finds the money where it was: cash is taken first, time comes after.
TEST(CoinsUntilQuiet, ACoinBeforeALateTickStillJoins) {
  SessionBox box = quiet_box();
  box.coin(100);
  box.now += 5s;  // the loop was busy: no Tick
  box.coin(100);
  EXPECT_THAT(box.gifts(), IsEmpty());
  box.wait(4s);
  EXPECT_EQ(box.gifts(), Gifts({"one_yuan 200 quiet"}));
}

// ---- what acceptors say beside

TEST(CoinReports, LostEventsAreAGapBeforeTheCashThatFollows) {
  SessionBox box;
  box.tell(CashBatch{"coin", "4711", {CashIn{9, yuan(1)}}, 9, 3, false});
  ASSERT_EQ(box.log.size(), 3u);
  EXPECT_EQ(std::get<tlog::Gap>(box.log[0]), (tlog::Gap{"coin", "4711", 9, 3, "overrun"}));
  EXPECT_EQ(box.gifts(), Gifts({"one_yuan 100 reached"}));
  EXPECT_EQ(box.books.lost, 3u);
}

TEST(CoinReports, ARestartedDeviceIsAGapOfUnknownSize) {
  SessionBox box;
  box.tell(CashBatch{"coin", "4711", {}, 0, {}, true});
  EXPECT_EQ(box.all<tlog::Gap>(),
            std::vector({tlog::Gap{"coin", "4711", 0, std::nullopt, "restart"}}));
  EXPECT_EQ(box.books.unknown_gaps, 1u);
}

TEST(CoinReports, NothingLostIsNoGap) {
  SessionBox box;
  box.tell(CashBatch{"coin", "4711", {}, 4, 0, false});
  EXPECT_THAT(box.log, IsEmpty());
}

TEST(CoinReports, AReturnedCoinIsANoticeForAWhileAndNoMoney) {
  SessionBox box;
  box.tell(CashBatch{"coin", "4711", {CashRefused{true}}, 1, {}, false});
  EXPECT_THAT(box.log, IsEmpty());
  EXPECT_EQ(box.view.notice, Notice::returned);
  EXPECT_EQ(box.view.scene, Scene::idle);
  box.wait(5s);
  EXPECT_EQ(box.view.notice, Notice::none);
  box.tell(CashBatch{"coin", "4711", {CashRefused{false}}, 2, {}, false});
  EXPECT_EQ(box.view.notice, Notice::not_recognised);
}

TEST(CoinReports, CashEntriesCarryDeviceSerialAndCounter) {
  SessionBox box;
  box.tell(CashBatch{"note", "N-1", {CashIn{255, yuan(1)}, CashIn{1, yuan(5)}}, 1, {}, false});
  const auto cash = box.all<tlog::Cash>();
  ASSERT_EQ(cash.size(), 2u);
  EXPECT_EQ(cash[0].device, "note");
  EXPECT_EQ(cash[0].serial, "N-1");
  EXPECT_EQ(cash[0].counter, 255);
  EXPECT_EQ(cash[1].counter, 1);
  EXPECT_EQ(cash[0].purpose, tlog::Purpose::gift);
}

TEST(CoinReports, AnAmountOfNothingIsABug) {
  SessionBox box;
  EXPECT_DEATH(box.coin(0), "not above zero");
}

}  // namespace
}  // namespace yijuan::domain
