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

TEST(CoinAcceptor, ARestartWhoseReportNeverReachedTheDiskIsToldByTheNextProcess) {
  Bench bench;
  bench.start();
  bench.settle_in();
  bench.coins(1);
  const std::size_t on_disk = bench.taken.size();
  bench.facts->set_working(true);  // from here on nothing becomes durable
  bench.device.cut_power(bench.clock.now());
  bench.run_for(1s);
  bench.device.raise(bench.clock.now(), 1);  // counts up to the mark
  bench.run_for(10s);
  bench.kill();
  bench.taken.resize(on_disk);
  ASSERT_EQ(bench.device.counter(), bench.mark()->counter);
  bench.start();
  bench.settle_in();
  EXPECT_EQ(bench.restarts(), 1);
}

TEST(CoinAcceptor, AMaskThatTheDriverItselfTurnedOffIsNoRestart) {
  Bench bench({.missing = {{227, Missing::silent}, {228, Missing::silent}}});
  bench.start();
  bench.run_for(10s);
  ASSERT_TRUE(bench.driver->open());
  bench.driver->accept(false);
  while (bench.device.mask() != 0) bench.run_for(1ms);
  bench.port.unplug();  // before the mark that says so
  bench.run_for(2s);
  bench.port.plug();
  bench.run_for(10s);
  EXPECT_EQ(bench.restarts(), 0);
}

TEST(CoinAcceptor, TheSelfChecksFindingIsToldByName) {
  Bench bench;
  bench.device.set_self_check(2, 1);
  bench.start();
  bench.settle_in();
  EXPECT_EQ(bench.state(), "fault");
  EXPECT_EQ(bench.words("fault"), "self-check 2: inductive coils (1)");
  EXPECT_FALSE(bench.device.master());
  bench.device.set_self_check(0);
  bench.run_for(3s);
  EXPECT_EQ(bench.state(), "");
  bench.coins(1);
  EXPECT_EQ(bench.credited().size(), 1U);
}

TEST(CoinAcceptor, AHardwareEventIsToldAndThenWhatTheSelfCheckFinds) {
  Bench bench;
  bench.start();
  bench.settle_in();
  bench.device.set_self_check(3);
  bench.device.raise(bench.clock.now(), 14);
  bench.run_for(500ms);
  EXPECT_EQ(bench.words("fault"), "credit sensor blocked");
  EXPECT_FALSE(bench.device.master());
  bench.run_for(3s);
  EXPECT_EQ(bench.words("fault"), "self-check 3: credit sensor");
}

TEST(CoinAcceptor, FraudIsAnAlarmByNameAndDoesNotShutTheSlot) {
  Bench bench;
  bench.start();
  bench.settle_in();
  for (const int code : {16, 17, 18, 19, 20, 22, 23, 34, 40, 255}) {
    bench.device.raise(bench.clock.now(), code);
    bench.run_for(300ms);
  }
  bench.run_for(3s);
  const auto returned = bench.returned();
  ASSERT_EQ(returned.size(), 10U);
  for (const auto& event : returned) {
    EXPECT_TRUE(event.alarm) << event.text;
    EXPECT_NE(event.text, "unknown code");
  }
  EXPECT_EQ(bench.state(), "");
  EXPECT_TRUE(bench.device.master());
}

TEST(CoinAcceptor, ItsTotalsAreToldAtTheStartEveryTenMinutesAndAtTheEnd) {
  Bench bench;
  bench.start();
  bench.settle_in();
  EXPECT_EQ(bench.totals(), "inserted 0 accepted 0 rejected 0 fraud 0");
  bench.coins(3);
  bench.device.raise(bench.clock.now(), 1);
  bench.device.raise(bench.clock.now(), 20);
  bench.run_for(60s);
  EXPECT_EQ(bench.totals(), "inserted 0 accepted 0 rejected 0 fraud 0");
  bench.run_for(10min);
  EXPECT_EQ(bench.totals(), "inserted 3 accepted 3 rejected 1 fraud 1");
  bench.coins(1);
  bench.stop();
  EXPECT_EQ(bench.totals(), "inserted 4 accepted 4 rejected 1 fraud 1");
}

TEST(CoinAcceptor, TotalsThatItDoesNotHaveAreLeftOut) {
  Bench bench({.missing = {{193, Missing::silent}, {226, Missing::nak}}});
  bench.start();
  bench.run_for(10s);
  EXPECT_EQ(bench.totals(), "accepted 0 rejected 0");
}

TEST(CoinAcceptor, ValueCodesAreRefusedBeforeTheyCouldBeTakenForPositions) {
  Bench bench({.value_codes = true, .keeps_inhibits = true});
  bench.start();
  bench.settle_in();
  EXPECT_EQ(bench.state(), "value codes");
  EXPECT_NE(bench.words("value codes").find("credit value format"), std::string::npos);
  EXPECT_FALSE(bench.device.master());
  bench.device.raise(bench.clock.now(), 1);
  bench.run_for(60s);
  EXPECT_TRUE(bench.reports().empty());
}

TEST(CoinAcceptor, EncryptionIsToldInWords) {
  for (const bool crc : {false, true}) {
    for (const bool echo : {false, true}) {
      Bench bench({.crc = crc, .echo = echo, .scrambled = true});
      bench.start();
      bench.run_for(5s);
      EXPECT_EQ(bench.state(), "encrypted");
      EXPECT_NE(bench.words("encrypted").find("set it to plain"), std::string::npos);
    }
  }
}

TEST(CoinAcceptor, AnotherAddressIsToldInWords) {
  Bench bench;
  bench.device.set_faults([] { return Fault::stray; });
  bench.start();
  bench.run_for(5s);
  EXPECT_EQ(bench.state(), "offline");
  EXPECT_NE(bench.words("offline").find("another address"), std::string::npos);
}

TEST(CoinAcceptor, ADeviceWithoutASerialNumberIsUsedAndItsLimitSaid) {
  Bench bench({.missing = {{242, Missing::nak}}});
  bench.start();
  bench.run_for(5s);
  bench.coins(2);
  EXPECT_EQ(bench.credited().size(), 2U);
  std::string limits;
  for (const auto& fact : bench.taken) {
    if (const auto* const found = std::get_if<DeviceFound>(&fact)) limits = found->limits;
  }
  EXPECT_NE(limits.find("no serial number"), std::string::npos);
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
  for (const int header : {4,   192, 193, 194, 209, 210, 213, 225, 226, 227,
                           228, 230, 231, 232, 241, 242, 244, 245, 246, 249}) {
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

TEST(CoinAcceptor, OfFourSorterPathsTheFirstIsSetAndTheOthersAreKept) {
  Bench bench({.sorter = true, .four_paths = true});
  bench.config.table[0].path = 3;
  bench.config.table[2].path = 1;  // as it is already
  bench.start();
  bench.settle_in();
  EXPECT_EQ(bench.device.path(1), 3);
  EXPECT_EQ(bench.device.path(3), 1);
  EXPECT_EQ(bench.state("coin-sorter"), "");
}

TEST(CoinAcceptor, SorterPathsAreSetAgainAfterARestart) {
  Bench bench({.sorter = true});
  bench.config.table[0].path = 3;
  bench.start();
  bench.settle_in();
  bench.device.cut_power(bench.clock.now());
  bench.run_for(20s);
  EXPECT_EQ(bench.device.path(1), 3);
}

TEST(CoinAcceptor, APathThatIsNotTakenIsToldAndCoinsAreTakenAllTheSame) {
  for (const auto& missing : std::vector<std::map<int, Missing>>{
           {{210, Missing::nak}}, {{210, Missing::silent}}, {{209, Missing::nak}}}) {
    Bench bench({.sorter = !missing.contains(209), .missing = missing});
    bench.config.table[0].path = 3;
    bench.start();
    bench.run_for(5s);
    EXPECT_EQ(bench.state("coin-sorter"), "paths not set");
    EXPECT_EQ(bench.state(), "");
    bench.coins(1);
    EXPECT_EQ(bench.credited().size(), 1U);
  }
}

TEST(CoinAcceptor, ADeviceThatShutsItselfUnpolledStaysOpenWhilePolled) {
  Bench bench({.patience = 1s});
  bench.start();
  bench.settle_in();
  bench.run_for(60s);
  bench.coins(1);
  EXPECT_EQ(bench.credited().size(), 1U);
}

/// Coins every 200 ms for as long as `coins` last, with `drop` replies in a row lost out of every
/// `of`. Coins are let in whether polled or not: this device does not shut itself.
struct Dropped {
  int drop;
  int of;
};
class FiveCoinsASecond : public testing::TestWithParam<Dropped> {};

TEST_P(FiveCoinsASecond, LoseNoneUpToTheDevicesMemoryAndAreCountedBeyond) {
  Bench bench({.tells_refusals = false});
  bench.start();
  bench.settle_in();
  int reply = 0;
  bench.device.set_faults(
      [&reply] { return reply++ % GetParam().of < GetParam().drop ? Fault::lose : Fault::none; });
  bench.coins(500, 1, 200ms);
  bench.device.set_faults({});
  bench.run_for(10s);
  const std::size_t accepted = bench.device.accepted().size();
  EXPECT_GT(accepted, 200U);
  EXPECT_EQ(bench.credited().size() + bench.lost(), accepted);
  EXPECT_EQ(bench.restarts(), 0);
  if (GetParam().drop <= 2) {
    EXPECT_EQ(accepted, 500U);
    EXPECT_EQ(bench.lost(), 0U);
  }
}

INSTANTIATE_TEST_SUITE_P(CoinAcceptor, FiveCoinsASecond,
                         testing::Values(Dropped{0, 1}, Dropped{1, 2}, Dropped{1, 5}, Dropped{2, 5},
                                         Dropped{2, 4}, Dropped{6, 20}, Dropped{12, 40}));

TEST(CoinAcceptor, CoinsBeyondItsMemoryAreLostExactly) {
  for (int unheard = 1; unheard <= 20; ++unheard) {
    Bench bench({.tells_refusals = false});
    bench.start();
    bench.settle_in();
    bench.coins(3);
    bench.run_for(1s);
    bench.port.unplug();  // the slot stays open, and nobody listens
    bench.coins(unheard);
    bench.port.plug();
    bench.run_for(30s);
    EXPECT_EQ(bench.credited().size(), static_cast<std::size_t>(3 + std::min(unheard, 5)));
    EXPECT_EQ(bench.lost(), static_cast<std::uint32_t>(std::max(0, unheard - 5)));
  }
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
