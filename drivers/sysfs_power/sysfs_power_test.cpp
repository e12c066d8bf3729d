#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <fstream>

#include "async/sim_clock.hpp"
#include "async/task_group.hpp"
#include "drivers/sysfs_power/power_supply.hpp"
#include "drivers/sysfs_power/signal.hpp"
#include "drivers/sysfs_power/sysfs_board.hpp"
#include "io/errc.hpp"
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
  [[nodiscard]] Power read() const { return read_power(folder.path()); }

  test::TemporaryDirectory folder;
};

TEST_F(PowerTest, WhatIsNotThereIsEmpty) {
  EXPECT_EQ(read_power(folder.path() / "nothing"), Power{});
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

/// A modem that answers what it is told to, or nothing.
class FakeModem : public StreamSource {
 public:
  struct State {
    bool there = true;
    std::string answer;
    int openings = 0;
  };
  FakeModem(State& state, asio::any_io_executor executor)
      : state_(state), executor_(std::move(executor)) {}

  Task<std::unique_ptr<ByteStream>> open() override {
    if (!state_.there) co_return Error(IoErrc::cannot_open, name());
    ++state_.openings;
    std::unique_ptr<ByteStream> stream = std::make_unique<Stream>(state_, executor_);
    co_return Result<std::unique_ptr<ByteStream>>(std::move(stream));
  }
  [[nodiscard]] std::string name() const override { return "fake:modem"; }

 private:
  class Stream : public ByteStream {
   public:
    Stream(State& state, const asio::any_io_executor& executor) : state_(state), never_(executor) {}
    Task<std::size_t> read_some(std::span<std::uint8_t> buffer) override {
      if (asked_ && !state_.answer.empty()) {
        asked_ = false;
        const std::size_t count = std::min(buffer.size(), state_.answer.size());
        std::copy_n(state_.answer.begin(), count, buffer.begin());
        co_return Result<std::size_t>(count);
      }
      auto waited = co_await never_.wait();
      co_return waited.error();
    }
    Task<void> write(BytesView bytes) override {
      asked_ = std::string(bytes.begin(), bytes.end()) == "AT+CSQ\r";
      co_return Result<void>();
    }
    void discard_input() override {}

   private:
    State& state_;
    Event never_;
    bool asked_ = false;
  };

  State& state_;
  asio::any_io_executor executor_;
};

class SysfsBoardTest : public PowerTest {
 protected:
  ~SysfsBoardTest() override {
    group.cancel();
    clock.run([this] { return group.empty(); });
  }
  void start(bool with_modem = true) {
    auto source = with_modem ? std::make_unique<FakeModem>(modem, context.get_executor()) : nullptr;
    board =
        std::make_unique<SysfsBoard>(folder.path(), std::move(source),
                                     DriverContext{context.get_executor(), clock, random}, facts);
    group.spawn("board", board->run());
    group.spawn("kiosk", collect(facts, taken));
    clock.run_for(6s);
  }
  static Task<void> collect(DeviceFacts& facts, std::vector<BoardReadings>& into) {
    while (true) {
      auto fact = co_await facts.pop();
      if (!fact) co_return fact.error();
      into.push_back(std::get<BoardReadings>(*fact));
    }
  }

  asio::io_context context;
  SimClock clock{context};
  test::SeededRandom random{1};
  DeviceFacts facts{context.get_executor(), 4};
  FakeModem::State modem{.there = true, .answer = "+CSQ: 31,99\r\nOK\r\n"};
  std::vector<BoardReadings> taken;
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
