#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <fstream>

#include "async/sim_clock.hpp"
#include "async/task_group.hpp"
#include "drivers/sysfs_power/fake.hpp"
#include "drivers/sysfs_power/signal.hpp"
#include "drivers/sysfs_power/supply_folder.hpp"
#include "drivers/sysfs_power/sysfs_board.hpp"
#include "tests/support/seeded_random.hpp"
#include "tests/support/temporary_directory.hpp"

namespace yijuan::drivers {
extern const Driver sysfs_power;
}

namespace yijuan::sysfs_power {
namespace {

using namespace std::chrono_literals;

class PowerTest : public testing::Test {
 protected:
  void put(const std::string& supply, const std::string& file, const std::string& content) {
    std::filesystem::create_directories(folder.path() / supply);
    std::ofstream(folder.path() / supply / file) << content << '\n';
  }
  void battery(const std::string& name, const std::string& percent, const std::string& status) {
    put(name, "type", "Battery");
    put(name, "capacity", percent);
    put(name, "status", status);
  }
  [[nodiscard]] Supplies look() const {
    const auto supplies = read_supplies(folder.path());
    EXPECT_TRUE(supplies);
    return understand(*supplies);
  }
  [[nodiscard]] Power read() const { return look().power; }

  test::TemporaryDirectory folder;
};

TEST_F(PowerTest, WhatIsNotThereIsEmpty) {
  EXPECT_FALSE(read_supplies(folder.path() / "nothing"));
  EXPECT_EQ(read(), Power{});
}

TEST_F(PowerTest, NonsenseIsLeftOut) {
  put("AC", "type", "Mains");
  put("AC", "online", "yes");
  battery("BAT0", "101", "Unknown");
  battery("BAT1", "", "");
  put("BAT2", "type", "");
  put("BAT3", "capacity", "50");
  battery("BAT4", std::string(10'000, '7'), std::string(10'000, 'x'));
  EXPECT_EQ(read(), Power{});
  EXPECT_THAT(look().trouble, testing::AllOf(testing::HasSubstr("AC/online makes no sense"),
                                             testing::HasSubstr("BAT0/capacity makes no sense"),
                                             testing::HasSubstr("BAT4/capacity makes no sense")));
  EXPECT_THAT(look().trouble, testing::Not(testing::HasSubstr("BAT1")));
}

TEST_F(PowerTest, MainsIsAnySupplyOnline) {
  put("AC", "type", "Mains");
  put("AC", "online", "0");
  EXPECT_EQ(read(), (Power{false, {}}));
  put("USB", "type", "USB");
  put("USB", "online", "1");
  EXPECT_EQ(read(), (Power{true, {}}));
}

TEST_F(PowerTest, TheEmptiestBatteryCounts) {
  battery("BAT0", "80", "Charging");
  battery("BAT1", "35", "Charging");
  EXPECT_EQ(read(), (Power{true, 35}));
}

TEST_F(PowerTest, ABatteryAloneTellsOfMainsByDischarging) {
  battery("UPS", "60", "Discharging");
  put("UPS", "type", "UPS");
  EXPECT_EQ(read(), (Power{false, 60}));
  battery("BAT1", "90", "Full");
  EXPECT_EQ(read(), (Power{false, 60}));
}

TEST_F(PowerTest, AMouseIsNoBatteryOfTheBoxNorIsAnEmptyBay) {
  battery("hid", "5", "Discharging");
  put("hid", "scope", "Device");
  battery("BAT1", "0", "Unknown");
  put("BAT1", "present", "0");
  EXPECT_EQ(read(), Power{});
}

std::optional<int> signal(const std::string& answer, bool complete = true) {
  SignalReader reader;
  bool done = false;
  for (const char each : answer) {
    const auto byte = static_cast<std::uint8_t>(each);
    done = reader.feed({&byte, 1});
  }
  EXPECT_EQ(done, complete) << answer;
  return reader.percent();
}

TEST(SignalReader, WhatIsNoAnswerIsNoSignal) {
  EXPECT_EQ(signal("ERROR\r\n"), std::nullopt);
  EXPECT_EQ(signal("+CSQ: 20,0\r\n+CME ERROR: 10\r\n"), std::nullopt);
  EXPECT_EQ(signal("+CSQ: 99,99\r\nOK\r\n"), std::nullopt);
  EXPECT_EQ(signal("+CSQ: 32,0\r\nOK\r\n"), std::nullopt);
  EXPECT_EQ(signal("+CSQ: -1,0\r\nOK\r\n"), std::nullopt);
  EXPECT_EQ(signal("+CSQ: 17x\r\nOK\r\n"), std::nullopt);
  EXPECT_EQ(signal("+CSQ:\r\nOK\r\n"), std::nullopt);
  EXPECT_EQ(signal("+CSQ: 17,99\r\n", false), 55);
  EXPECT_EQ(signal(std::string(5000, 'x')), std::nullopt);
}

TEST(SignalReader, ALevelIsAPercentage) {
  EXPECT_EQ(signal("AT+CSQ\r\r\n+CSQ: 17,99\r\n\r\nOK\r\n"), 55);
  EXPECT_EQ(signal("\r\nRING\r\n+CSQ: 0,0\r\nOK\r\n"), 0);
  EXPECT_EQ(signal("+CSQ: 31\r\nOK\r\n"), 100);
}

class SysfsBoardTest : public PowerTest {
 protected:
  ~SysfsBoardTest() override {
    group.cancel();
    clock.run([this] { return group.empty(); });
  }
  void start(bool with_modem = true) {
    auto source = with_modem
                      ? std::make_unique<sysfs_power_fake::FakeModem>(modem, context.get_executor())
                      : nullptr;
    board =
        std::make_unique<SysfsBoard>(folder.path(), std::move(source),
                                     DriverContext{context.get_executor(), clock, random}, facts);
    group.spawn("board", board->run());
    group.spawn("kiosk", collect(facts, *this));
    clock.run_for(6s);
  }
  static Task<void> collect(DeviceFacts& facts, SysfsBoardTest& test) {
    while (true) {
      auto fact = co_await facts.pop();
      if (!fact) co_return fact.error();
      if (const auto* readings = std::get_if<BoardReadings>(&*fact)) {
        test.taken.push_back(*readings);
      } else if (const auto* found = std::get_if<DeviceFound>(&*fact)) {
        test.products.push_back(found->product);
      } else {
        test.states.push_back(std::get<DeviceState>(*fact));
      }
    }
  }
  [[nodiscard]] std::vector<std::string> codes() const {
    std::vector<std::string> codes;
    for (const DeviceState& state : states) codes.push_back(state.code);
    return codes;
  }

  asio::io_context context;
  SimClock clock{context};
  test::SeededRandom random{1};
  DeviceFacts facts{context.get_executor(), 4};
  sysfs_power_fake::FakeModem::State modem{.there = true, .answer = "+CSQ: 31,99\r\nOK\r\n"};
  std::vector<BoardReadings> taken;
  std::vector<DeviceState> states;
  std::vector<std::string> products;
  std::unique_ptr<SysfsBoard> board;
  TaskGroup group{context.get_executor(), {}};
};

TEST_F(SysfsBoardTest, AMachineWithNothingSaysSoOnce) {
  start(false);
  clock.run_for(1h);
  EXPECT_THAT(taken, testing::ElementsAre(BoardReadings{}));
}

TEST_F(SysfsBoardTest, AModemThatSaysNothingHoldsUpNothing) {
  modem.answer.clear();
  battery("BAT0", "50", "Discharging");
  start();
  EXPECT_THAT(taken, testing::ElementsAre(BoardReadings{false, 50, {}}));
  modem.answer = "+CSQ: 0,99\r\nOK\r\n";
  clock.run_for(40s);
  EXPECT_EQ(taken.back(), (BoardReadings{false, 50, 0}));
}

TEST_F(SysfsBoardTest, AModemThatComesAndGoesIsFollowed) {
  modem.there = false;
  start();
  EXPECT_EQ(taken.back().signal_percent, std::nullopt);
  modem.there = true;
  clock.run_for(31s);
  EXPECT_EQ(taken.back().signal_percent, 100);
  modem.there = false;
  clock.run_for(31s);
  EXPECT_EQ(taken.back().signal_percent, std::nullopt);
}

TEST_F(SysfsBoardTest, AModemThatIsGoneIsAFaultUntilItAnswers) {
  modem.there = false;
  start();
  clock.run_for(10min);
  EXPECT_THAT(codes(), testing::ElementsAre("offline"));
  EXPECT_THAT(states.back().text, testing::HasSubstr("the modem fake:modem does not answer"));
  modem.there = true;
  clock.run_for(10min);
  EXPECT_THAT(codes(), testing::ElementsAre("offline", ""));
  modem.answer.clear();
  clock.run_for(10min);
  EXPECT_THAT(codes(), testing::ElementsAre("offline", "", "offline"));
}

TEST_F(SysfsBoardTest, WhichSuppliesThereAreIsTold) {
  put("AC", "type", "Mains");
  start();
  battery("BAT0", "50", "Charging");
  clock.run_for(10min);
  EXPECT_THAT(products, testing::ElementsAre("AC, modem fake:modem", "AC, BAT0, modem fake:modem"));
}

TEST_F(SysfsBoardTest, AFolderThatIsNotThereAndNonsenseInFilesAreFaults) {
  start(false);
  std::filesystem::remove_all(folder.path());
  clock.run_for(10min);
  battery("BAT0", "nonsense", "Charging");
  clock.run_for(10min);
  battery("BAT0", "50", "Charging");
  clock.run_for(10min);
  EXPECT_THAT(codes(), testing::ElementsAre("", "offline", "unreadable", ""));
}

TEST_F(SysfsBoardTest, OnlyChangesAreReported) {
  battery("BAT0", "50", "Charging");
  start();
  clock.run_for(10min);
  EXPECT_EQ(taken.size(), 1U);
  EXPECT_GE(modem.openings, 20);
  battery("BAT0", "49", "Discharging");
  clock.run_for(31s);
  ASSERT_EQ(taken.size(), 2U);
  EXPECT_EQ(taken.back(), (BoardReadings{false, 49, 100}));
}

TEST(SysfsPowerDriver, ItsConfigurationIsChecked) {
  const auto complaint = [](const std::string& text) -> std::string {
    asio::io_context context;
    SimClock clock(context);
    test::SeededRandom random(1);
    DeviceFacts facts(context.get_executor(), 4);
    try {
      auto settings = Settings::parse(text, "kiosk.toml");
      auto section = settings.section("board");
      (void)drivers::sysfs_power.make_board(section, {context.get_executor(), clock, random},
                                            facts);
      settings.finish();
    } catch (const SettingsError& error) {
      return error.what();
    }
    return "none";
  };
  EXPECT_EQ(complaint("[board]\n"), "none");
  EXPECT_EQ(complaint("[board]\nmodem = \"serial:/dev/ttyUSB2\"\n"), "none");
  EXPECT_THAT(complaint("[board]\nmodem = \"ttyUSB2\"\n"), testing::HasSubstr("modem"));
  EXPECT_THAT(complaint("[board]\ncolour = 1\n"), testing::HasSubstr("colour"));
}

}  // namespace
}  // namespace yijuan::sysfs_power
