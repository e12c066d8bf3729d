// What devices get wrong and lines do to them: errors, missing headers, damaged replies, storms.
#include <gtest/gtest.h>

#include "drivers/cctalk/test_bench.hpp"

namespace yijuan::cctalk {
namespace {

using namespace std::chrono_literals;
using cctalk_fake::Fate;
using cctalk_fake::Fault;
using cctalk_fake::Make;
using cctalk_fake::Missing;

TEST(CoinAcceptor, RejectsAndErrorsAreReportedWithTheirNames) {
  Bench bench;
  bench.start();
  bench.settle_in();
  bench.device.raise(bench.clock.now(), 1);
  bench.device.raise(bench.clock.now(), 20);
  bench.run_for(1s);
  const auto returned = bench.returned();
  ASSERT_EQ(returned.size(), 2U);
  EXPECT_EQ(returned[0].text, "reject");
  EXPECT_TRUE(returned[0].returned);
  EXPECT_FALSE(returned[0].alarm);
  EXPECT_EQ(returned[1].text, "coin-on-string mechanism");
  EXPECT_FALSE(returned[1].returned);
  EXPECT_TRUE(returned[1].alarm);
}

TEST(CoinAcceptor, AHardwareErrorShutsTheSlotUntilTheSelfCheckIsGood) {
  Bench bench;
  bench.start();
  bench.settle_in();
  bench.device.set_self_check(3);
  bench.device.raise(bench.clock.now(), 14);
  bench.run_for(4s);
  EXPECT_EQ(bench.state(), "fault");
  EXPECT_FALSE(bench.device.master());
  bench.device.set_self_check(0);
  bench.run_for(2s);
  EXPECT_EQ(bench.state(), "");
  EXPECT_TRUE(bench.device.master());
}

class Without : public testing::TestWithParam<std::pair<int, Missing>> {};

TEST_P(Without, AnOptionalHeaderCoinsAreTakenAllTheSame) {
  Make make;
  make.missing.insert(GetParam());
  Bench bench(make);
  bench.start();
  bench.run_for(8s);
  EXPECT_EQ(bench.state(), "");
  bench.coins(3);
  bench.driver->accept(false);
  bench.run_for(1s);
  EXPECT_EQ(bench.device.drop_coin(bench.clock.now(), 1), Fate::refused);
  bench.driver->accept(true);
  bench.run_for(2s);
  bench.coins(1);
  EXPECT_EQ(bench.credited().size(), 4U);
  EXPECT_EQ(bench.restarts(), 0);
}

std::vector<std::pair<int, Missing>> optional_headers() {
  std::vector<std::pair<int, Missing>> all;
  for (const int header : {4, 192, 209, 227, 228, 230, 232, 241, 242, 244, 245, 246, 249}) {
    all.emplace_back(header, Missing::silent);
    all.emplace_back(header, Missing::nak);
  }
  return all;
}
INSTANTIATE_TEST_SUITE_P(CoinAcceptor, Without, testing::ValuesIn(optional_headers()));

TEST(CoinAcceptor, SorterPathsAreSet) {
  Bench bench({.sorter = true});
  bench.config.table[0].path = 3;
  bench.start();
  bench.settle_in();
  EXPECT_EQ(bench.device.path(1), 3);
  bench.coins(1);
  EXPECT_EQ(bench.credited().size(), 1U);
}

TEST(CoinAcceptor, ADeviceThatShutsItselfUnpolledStaysOpenWhilePolled) {
  Bench bench({.patience = 1s});
  bench.start();
  bench.settle_in();
  bench.run_for(60s);
  bench.coins(1);
  EXPECT_EQ(bench.credited().size(), 1U);
}

class EveryFault : public testing::TestWithParam<Fault> {};

TEST_P(EveryFault, OnEveryThirdReplyCostsNoCoinAndInventsNone) {
  Bench bench;
  int reply = 0;
  bench.device.set_faults([&reply] { return ++reply % 3 == 0 ? GetParam() : Fault::none; });
  bench.start();
  bench.run_for(20s);
  bench.coins(30, 1, 300ms);
  bench.device.set_faults({});
  bench.run_for(5s);
  const auto accepted = bench.device.accepted().size();
  EXPECT_GT(accepted, 0U);
  EXPECT_EQ(bench.credited().size() + bench.lost(), accepted);
  EXPECT_EQ(bench.restarts(), 0);
}

INSTANTIATE_TEST_SUITE_P(CoinAcceptor, EveryFault,
                         testing::Values(Fault::lose, Fault::flip, Fault::cut, Fault::noise,
                                         Fault::stray, Fault::late));

/// A day of one box under one seed: coins, pulled cables, kills, lost and damaged replies, and if
/// `power` also power cuts. Ends on a quiet line.
void play_storm(Bench& bench, std::uint64_t seed, bool power) {
  SeededRandom dice(seed);
  bool storm = false;
  bench.device.set_faults([&dice, &storm] {
    if (!storm || dice.below(4) != 0) return Fault::none;
    constexpr std::array kAll = {Fault::lose,  Fault::flip,  Fault::cut,
                                 Fault::noise, Fault::stray, Fault::late};
    return kAll[dice.below(kAll.size())];
  });
  bench.start();
  bench.settle_in();
  for (int step = 0; step < 120; ++step) {
    switch (dice.below(12)) {
      case 0:
        storm = !storm;
        break;
      case 1:
        bench.port.unplug();
        bench.coins(static_cast<int>(dice.below(8)));
        bench.port.plug();
        break;
      case 2:
        bench.kill();
        bench.coins(static_cast<int>(dice.below(8)));
        bench.start();
        break;
      case 3:
        bench.driver->accept(dice.below(4) != 0);
        break;
      case 4:
        if (power)
          bench.device.cut_power(bench.clock.now(), std::chrono::milliseconds(dice.below(3000)));
        break;
      default:
        bench.coins(1 + static_cast<int>(dice.below(4)), 1 + static_cast<int>(dice.below(4)));
    }
    bench.run_for(std::chrono::milliseconds(dice.below(3000)));
  }
  storm = false;
  bench.driver->accept(true);
  bench.run_for(90s);
  bench.device.set_faults({});
}

Fen sum_accepted(const Bench& bench) {
  Fen sum;
  for (const auto& coin : bench.device.accepted()) {
    sum += sample_table()[static_cast<std::size_t>(coin.position - 1)].amount;
  }
  return sum;
}

Fen sum_credited(const Bench& bench) {
  Fen sum;
  for (const auto& coin : bench.credited()) sum += coin.amount;
  return sum;
}

class Storm : public testing::TestWithParam<std::uint64_t> {};

// Refused coins make events too; here they do not, so that every lost event is a coin.
TEST_P(Storm, EveryCoinIsCreditedOrLostAndNoneInvented) {
  Bench bench({.tells_refusals = false});
  play_storm(bench, GetParam(), false);
  EXPECT_GT(bench.credited().size(), 30U);
  EXPECT_EQ(bench.credited().size() + bench.lost(), bench.device.accepted().size());
  EXPECT_LE(sum_credited(bench), sum_accepted(bench));
  if (bench.lost() == 0) EXPECT_EQ(sum_credited(bench), sum_accepted(bench));
  EXPECT_EQ(bench.restarts(), 0);
  EXPECT_EQ(bench.state(), "");
}

TEST_P(Storm, PowerCutsMayHideCoinsButInventNone) {
  Bench bench({.fall = 100ms});
  play_storm(bench, GetParam(), true);
  EXPECT_LE(bench.credited().size(), bench.device.accepted().size());
  EXPECT_LE(sum_credited(bench), sum_accepted(bench));
  if (bench.credited().size() < bench.device.accepted().size()) {
    EXPECT_GT(bench.restarts() + static_cast<int>(bench.lost()), 0);
  }
}

INSTANTIATE_TEST_SUITE_P(CoinAcceptor, Storm, testing::Range<std::uint64_t>(1, 7));

}  // namespace
}  // namespace yijuan::cctalk
