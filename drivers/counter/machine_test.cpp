#include "drivers/counter/machine.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "async/sim_clock.hpp"
#include "base/settings.hpp"
#include "drivers/counter/errc.hpp"
#include "drivers/counter/fake.hpp"
#include "tests/support/device_cable.hpp"
#include "tests/support/printing_line.hpp"
#include "tests/support/run_task.hpp"

namespace yijuan::drivers {
extern const Driver counter;
}

namespace yijuan::counter {
namespace {

using namespace std::chrono_literals;
using counter_fake::Fault;
using counter_fake::Layout;

class NoRandom : public Random {
 public:
  void fill(std::span<std::uint8_t> bytes) override {
    for (auto& byte : bytes) byte = 0;
  }
};

class SerialCountingMachineTest : public testing::Test {
 protected:
  asio::io_context context;
  SimClock clock{context};
  NoRandom random;
  test::PrintingLine printing;
  test::DeviceCable<test::PrintingLine> cable{context.get_executor(), clock, printing};
  SerialCountingMachine machine{
      *find_model("columns"),
      cable.source(),
      {.executor = context.get_executor(), .clock = clock, .random = random}};

  auto read() { return test::run_task(context, clock, machine.read_total()); }
};

TEST_F(SerialCountingMachineTest, WaitsForTheNextWholeTotal) {
  printing.send(30s, counter_fake::print(Layout::columns, {{100, 9000}, {50, 1000}}));
  const auto total = read();
  ASSERT_TRUE(total) << total.error().message();
  EXPECT_EQ(*total, (std::vector<CountedPieces>{{Fen(50), 1000}, {Fen(100), 9000}}));
  printing.send(clock.now() + 5s, counter_fake::print(Layout::columns, {{100, 1}}));
  EXPECT_EQ(read()->at(0).pieces, 1U);
}

TEST_F(SerialCountingMachineTest, ASecondTotalInTheSamePieceIsKept) {
  Bytes both = counter_fake::print(Layout::columns, {{100, 1}});
  const Bytes second = counter_fake::print(Layout::columns, {{100, 2}});
  both.insert(both.end(), second.begin(), second.end());
  printing.send(1s, both);
  EXPECT_EQ(read()->at(0).pieces, 1U);
  EXPECT_EQ(read()->at(0).pieces, 2U);
}

TEST_F(SerialCountingMachineTest, AStopInTheMiddleIsSaidAfterItsPause) {
  printing.send(1s, counter_fake::print(Layout::columns, {{100, 5}, {50, 2}}, Fault::half));
  const auto total = read();
  ASSERT_FALSE(total);
  EXPECT_EQ(total.error(), make_error_code(CounterErrc::half));
  EXPECT_LT(clock.now(), 6s);
}

TEST_F(SerialCountingMachineTest, ALostCableIsAnErrorAndOpenedAgainAtTheNextCall) {
  cable.unplug();
  EXPECT_FALSE(read());
  cable.plug();
  printing.send(clock.now() + 1s, counter_fake::print(Layout::columns, {{100, 5}}));
  EXPECT_TRUE(read());
}

TEST_F(SerialCountingMachineTest, ItsConfigurationNamesTheModelsThereAre) {
  const auto complaint = [this](const std::string& text) -> std::string {
    try {
      auto settings = Settings::parse(text, "boxctl");
      (void)drivers::counter.make_counting_machine(
          settings, {.executor = context.get_executor(), .clock = clock, .random = random});
    } catch (const SettingsError& error) {
      return error.what();
    }
    return "none";
  };
  EXPECT_EQ(complaint("port = \"serial:/dev/null\"\nmodel = \"columns\"\n"), "none");
  EXPECT_THAT(complaint("port = \"serial:/dev/null\"\nmodel = \"other\"\n"),
              testing::HasSubstr("coin-sorter"));
  EXPECT_THAT(complaint("port = \"x\"\nmodel = \"columns\"\n"), testing::HasSubstr("port"));
}

}  // namespace
}  // namespace yijuan::counter
