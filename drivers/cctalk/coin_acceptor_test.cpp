#include "drivers/cctalk/coin_acceptor.hpp"

#include <gtest/gtest.h>

#include "drivers/cctalk/test_bench.hpp"

namespace yijuan::cctalk {
namespace {

using namespace std::chrono_literals;
using cctalk_fake::Fate;
using cctalk_fake::Fault;
using cctalk_fake::Make;
using cctalk_fake::Missing;

TEST(CoinAcceptor, BringsADeviceUpAndReportsEveryCoin) {
  Bench bench;
  bench.start();
  bench.settle_in();
  EXPECT_EQ(bench.state(), "");
  EXPECT_EQ(bench.state("coin-table"), "");
  bench.coins(2, 1);
  bench.coins(1, 3);
  bench.run_for(1s);
  const auto credited = bench.credited();
  ASSERT_EQ(credited.size(), 3U);
  EXPECT_EQ(credited[0].counter, 1);
  EXPECT_EQ(credited[0].amount, Fen(100));
  EXPECT_EQ(credited[2].position, 3);
  EXPECT_EQ(credited[2].amount, Fen(50));
  EXPECT_EQ(bench.mark()->counter, 3);
  EXPECT_FALSE(bench.mark()->quiet);
  EXPECT_EQ(bench.lost(), 0U);
  EXPECT_EQ(bench.restarts(), 0);
}

TEST(CoinAcceptor, IdentifiesTheDevice) {
  Bench bench;
  bench.start();
  bench.settle_in();
  std::optional<DeviceFound> found;
  for (const auto& fact : bench.taken) {
    if (const auto* one = std::get_if<DeviceFound>(&fact)) found = *one;
  }
  ASSERT_TRUE(found);
  EXPECT_EQ(found->device, "coin");
  EXPECT_EQ(found->maker, "SIM");
  EXPECT_EQ(found->product, "YJ-SIM STD");
  EXPECT_EQ(found->serial, "1234567");
}

struct Speech {
  bool crc;
  bool echo;
  bool paced;
};
class EverySpeech : public testing::TestWithParam<Speech> {};

TEST_P(EverySpeech, IsFoundOutByItself) {
  Bench bench({.crc = GetParam().crc, .echo = GetParam().echo, .paced = GetParam().paced});
  bench.start();
  bench.run_for(5s);
  EXPECT_EQ(bench.state(), "");
  bench.coins(3);
  bench.run_for(1s);
  EXPECT_EQ(bench.credited().size(), 3U);
}

INSTANTIATE_TEST_SUITE_P(CoinAcceptor, EverySpeech,
                         testing::Values(Speech{false, false, false}, Speech{false, true, false},
                                         Speech{true, false, false}, Speech{true, true, false},
                                         Speech{false, true, true}, Speech{true, true, true}));

TEST(CoinAcceptor, AnEchoThatContradictsTheConfigurationIsSaid) {
  Bench bench({.echo = false});
  bench.config.dialect.echo = true;
  bench.start();
  bench.settle_in();
  EXPECT_EQ(bench.state(), "offline");
}

TEST(CoinAcceptor, ASilentWireIsOfflineAndTriedAgain) {
  Bench bench;
  bench.device.cut_power(bench.clock.now(), 20s);
  bench.start();
  bench.run_for(10s);
  EXPECT_EQ(bench.state(), "offline");
  bench.run_for(15s);
  EXPECT_EQ(bench.state(), "");
}

TEST(CoinAcceptor, TakesNoCoinBeforeItIsToldTo) {
  Bench bench;
  bench.start(false);
  bench.settle_in();
  EXPECT_EQ(bench.device.drop_coin(bench.clock.now(), 1), Fate::refused);
  bench.driver->accept(true);
  bench.run_for(1s);
  EXPECT_EQ(bench.device.drop_coin(bench.clock.now(), 1), Fate::accepted);
  bench.driver->accept(false);
  bench.run_for(1s);
  EXPECT_EQ(bench.device.drop_coin(bench.clock.now(), 1), Fate::refused);
  bench.run_for(1s);
  EXPECT_EQ(bench.credited().size(), 1U);
  EXPECT_EQ(bench.restarts(), 0);
}

TEST(CoinAcceptor, ACoinThatStillFallsWhenItIsShutIsCredited) {
  Bench bench({.fall = 250ms});
  bench.start();
  bench.settle_in();
  ASSERT_EQ(bench.device.drop_coin(bench.clock.now(), 1), Fate::accepted);
  bench.driver->accept(false);
  bench.run_for(2s);
  EXPECT_EQ(bench.credited().size(), 1U);
}

TEST(CoinAcceptor, AnOrderlyEndInhibitsAndLeavesAQuietMark) {
  Bench bench({.fall = 150ms});
  bench.start();
  bench.settle_in();
  ASSERT_EQ(bench.device.drop_coin(bench.clock.now(), 1), Fate::accepted);
  bench.stop();
  EXPECT_FALSE(bench.device.master());
  EXPECT_EQ(bench.credited().size(), 1U);
  EXPECT_TRUE(bench.mark()->quiet);
  EXPECT_EQ(bench.mark()->counter, 1);
}

TEST(CoinAcceptor, APositionWithAnotherCoinIsNotEnabled) {
  Make make;
  make.coins[2] = "CN010B";
  Bench bench(make);
  bench.start();
  bench.settle_in();
  EXPECT_EQ(bench.state(), "");
  EXPECT_EQ(bench.state("coin-table"), "table mismatch");
  EXPECT_EQ(bench.device.drop_coin(bench.clock.now(), 3), Fate::refused);
  EXPECT_EQ(bench.device.drop_coin(bench.clock.now(), 1), Fate::accepted);
}

TEST(CoinAcceptor, NoCoinOfTheTableMeansOutOfService) {
  Make make;
  make.coins = {"EU100A", "EU050A"};
  Bench bench(make);
  bench.start();
  bench.settle_in();
  EXPECT_EQ(bench.state(), "table mismatch");
  EXPECT_FALSE(bench.device.master());
}

TEST(CoinAcceptor, ACableOutForFiveCoinsLosesNone) {
  Bench bench;
  bench.start();
  bench.settle_in();
  bench.coins(3);
  bench.port.unplug();
  bench.coins(5, 2);
  EXPECT_EQ(bench.state(), "offline");
  bench.port.plug();
  bench.run_for(4s);
  EXPECT_EQ(bench.credited().size(), 8U);
  EXPECT_EQ(bench.lost(), 0U);
  EXPECT_EQ(bench.restarts(), 0);
  EXPECT_EQ(bench.state(), "");
  bench.coins(1);
  EXPECT_EQ(bench.credited().size(), 9U);
}

TEST(CoinAcceptor, ACableOutForNineCoinsIsAGapOfFour) {
  Bench bench;
  bench.start();
  bench.settle_in();
  bench.port.unplug();
  bench.coins(9);
  bench.port.plug();
  bench.run_for(4s);
  EXPECT_EQ(bench.credited().size(), 5U);
  EXPECT_EQ(bench.lost(), 4U);
}

TEST(CoinAcceptor, ADeviceThatLostPowerBehindThePulledCableIsNotCredited) {
  Bench bench;
  bench.start();
  bench.settle_in();
  bench.coins(3);
  bench.port.unplug();
  bench.coins(2);
  bench.device.cut_power(bench.clock.now());
  bench.coins(4);  // refused: everything is inhibited; the counter runs past the mark
  bench.port.plug();
  bench.run_for(4s);
  EXPECT_EQ(bench.credited().size(), 3U);
  EXPECT_EQ(bench.lost(), 0U);
  EXPECT_EQ(bench.restarts(), 1);
  bench.coins(1);
  EXPECT_EQ(bench.credited().size(), 4U);
}

TEST(CoinAcceptor, AKillWithinFiveEventsLosesNothing) {
  Bench bench;
  bench.start();
  bench.settle_in();
  bench.coins(4);
  bench.kill();
  bench.coins(5, 4);
  bench.start();
  bench.settle_in();
  EXPECT_EQ(bench.credited().size(), 9U);
  EXPECT_EQ(bench.lost(), 0U);
  EXPECT_EQ(bench.restarts(), 0);
}

TEST(CoinAcceptor, AKillBeyondFiveEventsIsARecordedGap) {
  Bench bench;
  bench.start();
  bench.settle_in();
  bench.coins(4);
  bench.kill();
  bench.coins(12);
  bench.start();
  bench.settle_in();
  EXPECT_EQ(bench.credited().size(), 9U);
  EXPECT_EQ(bench.lost(), 7U);
}

TEST(CoinAcceptor, AKillAcrossTheWrapOfTheCounterLosesNothing) {
  Bench bench;
  bench.start();
  bench.settle_in();
  bench.coins(253, 1, 200ms);
  bench.kill();
  bench.coins(5);
  EXPECT_EQ(bench.device.counter(), 3);
  bench.start();
  bench.settle_in();
  EXPECT_EQ(bench.credited().size(), 258U);
  EXPECT_EQ(bench.lost(), 0U);
}

TEST(CoinAcceptor, ARestartWhileKilledIsToldAndNothingIsInvented) {
  Bench bench;
  bench.start();
  bench.settle_in();
  bench.coins(2);
  bench.kill();
  bench.coins(1);
  bench.device.cut_power(bench.clock.now());
  bench.coins(4);  // refused
  bench.start();
  bench.settle_in();
  EXPECT_EQ(bench.credited().size(), 2U);
  EXPECT_EQ(bench.restarts(), 1);
  EXPECT_EQ(bench.lost(), 0U);
}

TEST(CoinAcceptor, ANightWithoutPowerAfterAnOrderlyEndIsNoGap) {
  Bench bench;
  bench.start();
  bench.settle_in();
  bench.coins(7);
  bench.stop();
  bench.device.cut_power(bench.clock.now());
  bench.coins(3);  // somebody tries; all come back
  bench.start();
  bench.settle_in();
  bench.coins(1);
  EXPECT_EQ(bench.credited().size(), 8U);
  EXPECT_EQ(bench.restarts(), 0);
  EXPECT_EQ(bench.lost(), 0U);
}

TEST(CoinAcceptor, AQueueAtTheShutSlotDoesNotKeepItShut) {
  Bench bench;
  bench.start();
  int taken = 0;
  for (int coin = 0; coin < 100; ++coin) {  // five a second, from the first moment on
    if (bench.device.drop_coin(bench.clock.now(), 1) == Fate::accepted) ++taken;
    bench.clock.run_for(std::chrono::milliseconds(200));
  }
  EXPECT_GT(taken, 60);
  EXPECT_EQ(bench.lost(), 0U);
}

TEST(CoinAcceptor, RefusedCoinsWhileShutAreNoGap) {
  Bench bench;
  bench.start();
  bench.settle_in();
  bench.coins(1);
  bench.stop();
  bench.coins(20);
  bench.start();
  bench.settle_in();
  bench.coins(1);
  EXPECT_EQ(bench.credited().size(), 2U);
  EXPECT_EQ(bench.restarts(), 0);
  EXPECT_EQ(bench.lost(), 0U);
}

TEST(CoinAcceptor, HistoryOfADeviceSeenForTheFirstTimeIsNotCredited) {
  Bench bench;
  for (int event = 0; event < 7; ++event) bench.device.raise(bench.clock.now(), 1);
  bench.start();
  bench.settle_in();
  EXPECT_TRUE(bench.credited().empty());
  EXPECT_EQ(bench.restarts(), 0);
  EXPECT_EQ(bench.lost(), 0U);
  EXPECT_EQ(bench.mark()->counter, 7);
}

TEST(CoinAcceptor, ASwappedDeviceIsAdopted) {
  Bench first;
  first.start();
  first.settle_in();
  first.coins(3);
  first.kill();
  Bench second({.serial = 99});
  second.taken = first.taken;
  second.start();
  second.settle_in();
  EXPECT_EQ(second.credited().size(), 3U);
  EXPECT_EQ(second.swaps(), 1);
  EXPECT_EQ(second.mark()->serial, "99");
  second.coins(1);
  EXPECT_EQ(second.credited().size(), 4U);
}

TEST(CoinAcceptor, ARestartUnderPowerIsToldAndTheDeviceBroughtUpAgain) {
  Bench bench;
  bench.start();
  bench.settle_in();
  bench.coins(3);
  bench.device.cut_power(bench.clock.now());
  bench.run_for(2s);
  EXPECT_EQ(bench.restarts(), 1);
  bench.coins(2);
  EXPECT_EQ(bench.credited().size(), 5U);
}

TEST(CoinAcceptor, ARestartBeforeTheFirstEventShowsByTheInhibits) {
  Bench bench;
  bench.start();
  bench.settle_in();
  bench.device.cut_power(bench.clock.now());  // the counter was 0 and is 0
  bench.run_for(12s);
  EXPECT_EQ(bench.restarts(), 1);
  bench.coins(1);
  EXPECT_EQ(bench.credited().size(), 1U);
}

TEST(CoinAcceptor, ACoinRefusedUnexpectedlyUncoversARestartAtOnce) {
  Bench bench;
  bench.start();
  bench.settle_in();
  bench.device.cut_power(bench.clock.now());
  bench.coins(1);
  bench.run_for(1s);
  EXPECT_EQ(bench.restarts(), 1);
  bench.coins(1);
  EXPECT_EQ(bench.credited().size(), 1U);
}

TEST(CoinAcceptor, ADeviceThatRestartsAllTheTimeIsAnAlarmNotALoop) {
  Bench bench;
  bench.start();
  bench.settle_in();
  for (int cut = 0; cut < 6; ++cut) {
    bench.coins(1);
    bench.device.cut_power(bench.clock.now());
    bench.run_for(2s);
  }
  EXPECT_EQ(bench.state(), "restarting");
  const int restarts = bench.restarts();
  EXPECT_LE(restarts, 4);
  bench.run_for(120s);
  EXPECT_EQ(bench.state(), "");
}

TEST(CoinAcceptor, ACounterThatGoesUpByFiveIsFoundOutAndNothingIsInvented) {
  Bench bench({.counts_by_five = true});
  bench.start();
  bench.settle_in();
  bench.coins(20);
  EXPECT_EQ(bench.state(), "counter broken");
  EXPECT_LE(bench.credited().size(), bench.device.accepted().size());
  EXPECT_FALSE(bench.device.master());
}

TEST(CoinAcceptor, ACounterByFiveMetInItsCourseIsFoundOutToo) {
  Bench bench({.counts_by_five = true});
  for (int event = 0; event < 9; ++event) bench.device.raise(bench.clock.now(), 1);
  bench.start();
  bench.settle_in();
  bench.coins(20);
  bench.run_for(10s);
  EXPECT_LE(bench.credited().size(), bench.device.accepted().size());
  EXPECT_NE(bench.state(), "");
}

TEST(CoinAcceptor, ADummyFirstEventIsNoCoinAndNoRestart) {
  Bench bench({.dummy_first_event = true});
  bench.start();
  bench.settle_in();
  bench.coins(2);
  EXPECT_EQ(bench.credited().size(), 2U);
  EXPECT_EQ(bench.restarts(), 0);
}

TEST(CoinAcceptor, AFullQueueInhibitsAndDropsNothing) {
  Bench bench({}, 2);
  bench.start();
  bench.settle_in();
  bench.stall();
  for (int offered = 0; offered < 20; ++offered) bench.coins(1);
  EXPECT_FALSE(bench.device.master());
  const auto accepted = bench.device.accepted().size();
  EXPECT_GE(accepted, 2U);
  EXPECT_LT(accepted, 8U);
  bench.listen();
  bench.run_for(2s);
  EXPECT_EQ(bench.credited().size(), accepted);
  EXPECT_EQ(bench.lost(), 0U);
  EXPECT_TRUE(bench.device.master());
}

TEST(CoinAcceptor, AKillWhileTheQueueIsFullLosesNothing) {
  Bench bench({}, 1);
  bench.start();
  bench.settle_in();
  bench.coins(1);
  bench.stall();
  bench.coins(3);
  bench.kill();
  bench.start();
  bench.settle_in();
  EXPECT_EQ(bench.credited().size(), bench.device.accepted().size());
  EXPECT_EQ(bench.lost(), 0U);
  EXPECT_EQ(bench.restarts(), 0);
}

}  // namespace
}  // namespace yijuan::cctalk
