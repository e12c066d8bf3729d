#include "drivers/pulse/pulse_acceptor.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <fstream>

#include "drivers/pulse/test_bench.hpp"
#include "tests/support/seeded_random.hpp"

namespace yijuan::drivers {
extern const Driver pulse;
}

namespace yijuan::pulse {
namespace {

using namespace std::chrono_literals;

Task<void> collect(DeviceFacts& facts, std::vector<DeviceFact>& into) {
  while (true) {
    auto fact = co_await facts.pop();
    if (!fact) co_return fact.error();
    into.push_back(std::move(*fact));
  }
}

class PulseAcceptorTest : public testing::Test {
 protected:
  ~PulseAcceptorTest() override {
    if (driver) stop();
  }

  void start(bool accept = true) {
    if (!rig) rig = std::make_unique<Rig>(context.get_executor(), clock);
    group = std::make_unique<TaskGroup>(context.get_executor(), TaskGroup::OnError{});
    reader = std::make_unique<TaskGroup>(context.get_executor(), TaskGroup::OnError{});
    driver = rig->make_driver({context.get_executor(), clock, random}, facts, mark());
    driver->accept(accept);
    group->spawn("acceptor", driver->run());
    reader->spawn("kiosk", collect(facts, taken));
    clock.run_for(2s);
  }
  void stop() {
    group->cancel();
    clock.run_for(5s);
    ASSERT_TRUE(group->empty());
    reader->cancel();
    clock.settle();
    driver.reset();
  }
  std::vector<CashReport> reports() const {
    std::vector<CashReport> found;
    for (const auto& fact : taken) {
      if (const auto* const report = std::get_if<CashReport>(&fact)) found.push_back(*report);
    }
    return found;
  }
  std::vector<CashAccepted> credited() const {
    std::vector<CashAccepted> found;
    for (const auto& report : reports()) {
      for (const auto& event : report.events) {
        if (const auto* const piece = std::get_if<CashAccepted>(&event)) found.push_back(*piece);
      }
    }
    return found;
  }
  std::uint32_t lost() const {
    std::uint32_t sum = 0;
    for (const auto& report : reports()) sum += report.lost.value_or(0);
    return sum;
  }
  std::optional<CounterMark> mark() const {
    const auto all = reports();
    if (all.empty()) return before;
    return all.back().mark;
  }
  std::string state() const {
    std::string code = "never";
    for (const auto& fact : taken) {
      if (const auto* const state = std::get_if<DeviceState>(&fact)) code = state->code;
    }
    return code;
  }

  asio::io_context context;
  SimClock clock{context, 100s};
  test::SeededRandom random{1};
  DeviceFacts facts{context.get_executor(), 32};
  std::unique_ptr<Rig> rig;
  std::vector<DeviceFact> taken;
  std::optional<CounterMark> before;  // the journal's, at the first start
  std::unique_ptr<PulseAcceptor> driver;
  std::unique_ptr<TaskGroup> group;
  std::unique_ptr<TaskGroup> reader;
};

TEST_F(PulseAcceptorTest, SaysThatItHasNoRecovery) {
  start();
  const auto* const found = std::get_if<DeviceFound>(&taken.at(0));
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->limits,
            "no recovery: coins that fall while the box is off or restarts are not seen");
}

TEST_F(PulseAcceptorTest, CoinsAreCreditedAndMergedOnesKeepTheirSum) {
  start();
  ASSERT_TRUE(rig->drop(100));
  clock.run_for(3s);
  ASSERT_TRUE(rig->drop(50));
  ASSERT_TRUE(rig->drop(10));
  clock.run_for(3s);
  const auto pieces = credited();
  ASSERT_EQ(pieces.size(), 2U);
  EXPECT_EQ(pieces[0].amount, Fen(100));
  EXPECT_EQ(pieces[0].counter, 1);
  EXPECT_EQ(pieces[0].position, 0);
  EXPECT_EQ(pieces[1].amount, Fen(60));
  EXPECT_EQ(pieces[1].counter, 2);
  EXPECT_GT(reports().back().heard, Instant{});
}

TEST_F(PulseAcceptorTest, TheMarkIsOpenBeforeTheSlotIs) {
  before = CounterMark{"coin", "pulse", 7, true};
  start(false);
  ASSERT_EQ(reports().size(), 1U);
  EXPECT_TRUE(mark()->quiet);
  EXPECT_FALSE(reports()[0].restarted);
  EXPECT_EQ(rig->inhibit.level(), true);
  driver->accept(true);
  clock.run_for(1s);
  EXPECT_FALSE(mark()->quiet);
  EXPECT_EQ(rig->inhibit.level(), false);
}

TEST_F(PulseAcceptorTest, AStartAfterAnythingButARestSaysSo) {
  before = CounterMark{"coin", "pulse", 7, false};
  start();
  EXPECT_TRUE(reports().at(0).restarted);
  EXPECT_EQ(reports().at(0).mark.counter, 7);
  stop();
  EXPECT_TRUE(mark()->quiet);
  taken.erase(taken.begin(), taken.end() - 1);
  start();
  EXPECT_FALSE(std::ranges::any_of(reports(), &CashReport::restarted));
}

TEST_F(PulseAcceptorTest, AMarkOfAnotherAcceptorIsASwap) {
  before = CounterMark{"coin", "1234567", 200, false};
  start();
  EXPECT_TRUE(reports().at(0).swapped);
  EXPECT_FALSE(reports().at(0).restarted);
  EXPECT_EQ(reports().at(0).mark.counter, 0);
}

TEST_F(PulseAcceptorTest, TheCounterGoesFrom255To1) {
  before = CounterMark{"coin", "pulse", 254, true};
  start();
  for (int coin = 0; coin < 3; ++coin) {
    ASSERT_TRUE(rig->drop(10));
    clock.run_for(2s);
  }
  const auto pieces = credited();
  ASSERT_EQ(pieces.size(), 3U);
  EXPECT_EQ(pieces[0].counter, 255);
  EXPECT_EQ(pieces[1].counter, 1);
  EXPECT_EQ(pieces[2].counter, 2);
}

TEST_F(PulseAcceptorTest, WhatCannotBeCountedIsLostAndAnAlarmNeverMoney) {
  start();
  rig->disturb(150ms);
  clock.run_for(2s);
  EXPECT_TRUE(credited().empty());
  EXPECT_EQ(lost(), 1U);
  const auto all = reports();
  const auto* const alarm = std::get_if<CashReturned>(&all.back().events.at(0));
  ASSERT_NE(alarm, nullptr);
  EXPECT_TRUE(alarm->alarm);
  EXPECT_FALSE(alarm->returned);
  EXPECT_THAT(alarm->text, testing::HasSubstr("a pulse was too long"));
}

TEST_F(PulseAcceptorTest, AKernelQueueThatOverflowsIsLostNeverMoney) {
  start();
  for (int edge = 0; edge < 20; ++edge) rig->coins.set(edge % 2 != 0);  // at once, unread
  clock.run_for(2s);
  EXPECT_TRUE(credited().empty());
  EXPECT_EQ(lost(), 1U);
  ASSERT_TRUE(rig->drop(100));
  clock.run_for(3s);
  EXPECT_EQ(credited().size(), 1U);
}

TEST_F(PulseAcceptorTest, NoiseIsNoMoneyAndMuchOfItIsTold) {
  start();
  for (int pulse = 0; pulse < 12; ++pulse) {
    rig->disturb(10ms);
    clock.run_for(1s);
  }
  EXPECT_TRUE(credited().empty());
  EXPECT_EQ(lost(), 0U);
  EXPECT_EQ(state(), "noise");
  clock.run_for(3min);
  EXPECT_EQ(state(), "");
}

TEST_F(PulseAcceptorTest, ALineThatSticksIsToldAndTheSlotIsShut) {
  start();
  rig->coins.set(false);
  clock.run_for(2s);
  EXPECT_EQ(state(), "line stuck");
  EXPECT_EQ(rig->inhibit.level(), true);
  rig->coins.set(true);
  clock.run_for(3s);
  EXPECT_EQ(state(), "");
  EXPECT_EQ(rig->inhibit.level(), false);
  EXPECT_EQ(lost(), 1U);
}

TEST_F(PulseAcceptorTest, ACoinThatFallsAfterTheInhibitIsCreditedBeforeTheRest) {
  start();
  ASSERT_TRUE(rig->drop(100));
  stop();
  ASSERT_EQ(credited().size(), 1U);
  EXPECT_TRUE(mark()->quiet);
  EXPECT_FALSE(rig->takes());
}

TEST_F(PulseAcceptorTest, WithoutAnInhibitCoinsAreReportedAlwaysAndNoMarkIsQuiet) {
  rig = std::make_unique<Rig>(context.get_executor(), clock, pulse_fake::Make{}, false);
  start(false);
  ASSERT_TRUE(rig->drop(50));
  clock.run_for(2s);
  ASSERT_EQ(credited().size(), 1U);
  EXPECT_FALSE(driver->open());
  stop();
  EXPECT_FALSE(mark()->quiet);
}

TEST_F(PulseAcceptorTest, ALineThatGoesIsOfflineAndWhatItMissedIsSaid) {
  start();
  rig->unplug();
  clock.run_for(3s);
  EXPECT_EQ(state(), "offline");
  EXPECT_FALSE(driver->open());
  rig->plug();
  clock.run_for(5s);
  EXPECT_EQ(state(), "");
  EXPECT_TRUE(std::ranges::any_of(reports(), &CashReport::restarted));
  ASSERT_TRUE(rig->drop(10));
  clock.run_for(2s);
  EXPECT_EQ(credited().size(), 1U);
}

std::string complaint(const std::string& text) {
  asio::io_context context;
  SimClock clock(context);
  test::SeededRandom random(1);
  DeviceFacts facts(context.get_executor(), 4);
  try {
    auto settings = Settings::parse(text, "kiosk.toml");
    auto section = settings.section("coin");
    (void)drivers::pulse.make_coin_acceptor(section, {context.get_executor(), clock, random}, facts,
                                            std::nullopt);
    settings.finish();
  } catch (const SettingsError& error) {
    return error.what();
  }
  return "none";
}

TEST(PulseDriver, ItsConfigurationIsCheckedKeyByKey) {
  using testing::HasSubstr;
  const std::string good = "[coin]\nline = \"gpio:COIN\"\n";
  EXPECT_EQ(complaint(good), "none");
  EXPECT_EQ(complaint("[coin]\nline = \"pipe:x\"\ninhibit_line = \"pipe:y\"\n"), "none");
  EXPECT_THAT(complaint("[coin]\n"), HasSubstr("line"));
  EXPECT_THAT(complaint("[coin]\nline = \"serial:/dev/x:CTS\"\n"), HasSubstr("too seldom"));
  EXPECT_THAT(complaint(good + "inhibit_line = \"x\"\n"), HasSubstr("inhibit_line"));
  EXPECT_THAT(complaint(good + "pulse_ms = 5\n"), HasSubstr("pulse_ms"));
  EXPECT_THAT(complaint(good + "shortest_ms = 60\n"), HasSubstr("shortest_ms"));
  EXPECT_THAT(complaint(good + "longest_ms = 40\n"), HasSubstr("longest_ms"));
  EXPECT_THAT(complaint(good + "fen_per_pulse = 0\n"), HasSubstr("fen_per_pulse"));
  EXPECT_THAT(complaint(good + "most_pulses = 0\n"), HasSubstr("most_pulses"));
  EXPECT_THAT(complaint(good + "colour = 1\n"), HasSubstr("colour"));
}

}  // namespace
}  // namespace yijuan::pulse
