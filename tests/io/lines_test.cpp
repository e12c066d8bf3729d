// Wires: names, GPIO over a stand-in for libgpiod, looks at control lines, pipes, pulses.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pty.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <fstream>
#include <thread>

#include "async/with_timeout.hpp"
#include "io/descriptor.hpp"
#include "io/errc.hpp"
#include "io/files.hpp"
#include "io/gpio.hpp"
#include "io/line_source.hpp"
#include "io/modem_lines.hpp"
#include "io/pipe_text.hpp"
#include "io/real_clock.hpp"
#include "io/timed_off.hpp"
#include "tests/io/fake_gpiod.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/temporary_directory.hpp"

namespace yijuan {
namespace {

using namespace std::chrono_literals;
using test::run_task;
using testing::ElementsAre;
using testing::HasSubstr;

class LinesTest : public testing::Test {
 protected:
  LinesTest() { fake_gpiod::reset(); }

  Result<std::unique_ptr<InputLine>> input(const std::string& text,
                                           LineBias bias = LineBias::as_is) {
    auto source = make_input_line(text, context.get_executor(), clock, bias);
    if (!source) return source.error();
    return (*source)->open();
  }
  std::string why_not(const std::string& text, LineBias bias = LineBias::as_is) {
    auto line = input(text, bias);
    return line ? "opened" : line.error().message();
  }
  std::string why_no_output(const std::string& text) {
    auto source = make_output_line(text);
    if (!source) return source.error().message();
    auto line = (*source)->open(false);
    return line ? "opened" : line.error().message();
  }
  LineEvents next(InputLine& line) {
    auto events = run_task(context, with_timeout(clock, 10s, line.wait()));
    EXPECT_TRUE(events) << events.error().message();
    return events ? *events : LineEvents{};
  }
  static std::vector<bool> levels(const LineEvents& events) {
    std::vector<bool> found;
    for (const auto& edge : events.edges) found.push_back(edge.high);
    return found;
  }

  asio::io_context context;
  RealClock clock;
  test::TemporaryDirectory folder;
  std::string path = (folder.path() / "wire").string();
};

TEST_F(LinesTest, WhatIsNoWireIsRefusedWithTheReason) {
  EXPECT_THAT(why_not("17"), HasSubstr("must begin with gpio:, serial: or pipe:"));
  EXPECT_THAT(why_not("gpio:"), HasSubstr("gpio:gpiochip0/17"));
  EXPECT_THAT(why_not("gpio:gpiochip0/"), HasSubstr("number"));
  EXPECT_THAT(why_not("gpio:gpiochip0/x"), HasSubstr("number"));
  EXPECT_THAT(why_not("gpio:gpiochip0/-1"), HasSubstr("number"));
  EXPECT_THAT(why_not("gpio:/5"), HasSubstr("chip"));
  EXPECT_THAT(why_not("serial:/dev/ttyS0"), HasSubstr("CTS, DSR, RI or DCD"));
  EXPECT_THAT(why_not("serial:/dev/ttyS0:DTR"), HasSubstr("CTS, DSR, RI or DCD"));
  EXPECT_THAT(why_not("serial:ttyS0:CTS"), HasSubstr("needs a device"));
  EXPECT_THAT(why_not("pipe:"), HasSubstr("path"));
  EXPECT_THAT(why_not("pipe:x", LineBias::pull_up), HasSubstr("bias"));
  EXPECT_THAT(why_no_output("serial:/dev/ttyS0:CTS"), HasSubstr("DTR or RTS"));
  EXPECT_THAT(why_no_output("wire"), HasSubstr("must begin with"));
}

TEST_F(LinesTest, PlacesOnAChipOrByName) {
  EXPECT_EQ(*parse_gpio_place("gpiochip0/17"), (GpioPlace{"gpiochip0", 17, ""}));
  EXPECT_EQ(*parse_gpio_place("pinctrl-bcm2711/4"), (GpioPlace{"pinctrl-bcm2711", 4, ""}));
  EXPECT_EQ(*parse_gpio_place("DOOR"), (GpioPlace{"", 0, "DOOR"}));
}

TEST_F(LinesTest, WhatIsNotThereIsSaid) {
  EXPECT_THAT(why_not("gpio:gpiochip7/1"), HasSubstr("gpio:gpiochip7/1: no such GPIO chip"));
  EXPECT_THAT(why_not("gpio:gpiochip0/99"), HasSubstr("no such line"));
  EXPECT_THAT(why_not("gpio:WINDOW"), HasSubstr("no GPIO chip has this line"));
  EXPECT_THAT(why_not("serial:/dev/nothing:CTS"), HasSubstr("serial:/dev/nothing:CTS"));
  EXPECT_THAT(why_no_output("gpio:gpiochip7/1"), HasSubstr("no such GPIO chip"));
  EXPECT_EQ(fake_gpiod::open_chips(), 0);
}

TEST_F(LinesTest, ALineThatIsHeldNamesItsHolder) {
  fake_gpiod::refuse(EBUSY, "other-program");
  EXPECT_THAT(why_not("gpio:gpiochip0/3"), HasSubstr("is held by other-program"));
  EXPECT_THAT(why_no_output("gpio:DOOR"), HasSubstr("is held by other-program"));
  EXPECT_EQ(fake_gpiod::open_chips(), 0);
}

TEST_F(LinesTest, APseudoTerminalHasNoControlLines) {
  int master = -1;
  int slave = -1;
  std::array<char, 128> name{};
  ASSERT_EQ(openpty(&master, &slave, name.data(), nullptr, nullptr), 0);
  const Descriptor first(master);
  const Descriptor second(slave);
  EXPECT_THAT(why_not(std::string("serial:") + name.data() + ":CTS"),
              HasSubstr("the port has no control lines"));
  EXPECT_THAT(why_no_output(std::string("serial:") + name.data() + ":DTR"),
              HasSubstr("the port has no control lines"));
}

TEST_F(LinesTest, GpioEdgesHaveTheKernelsTimes) {
  auto line = input("gpio:DOOR", LineBias::pull_up);
  ASSERT_TRUE(line);
  EXPECT_EQ(fake_gpiod::flags(), 1 << 5);
  const Instant before = clock.now();
  fake_gpiod::put({{true, 90ms}, {false, 40ms}}, false);
  const LineEvents events = next(**line);
  const Instant after = clock.now();
  EXPECT_EQ(levels(events), (std::vector<bool>{true, false}));
  EXPECT_FALSE(events.lost);
  EXPECT_GE(events.edges[0].at, before - 90ms);
  EXPECT_LE(events.edges[0].at, after - 90ms);
  EXPECT_GE(events.edges[1].at, before - 40ms);
  EXPECT_FALSE((*line)->level().value_or(true));
}

TEST_F(LinesTest, GpioTimesNeverGoBackNorAhead) {
  auto line = input("gpio:DOOR");
  ASSERT_TRUE(line);
  fake_gpiod::put({{true, 10ms}, {false, 50ms}, {true, -1h}}, true);
  const LineEvents events = next(**line);
  ASSERT_EQ(events.edges.size(), 3U);
  EXPECT_EQ(events.edges[1].at, events.edges[0].at);
  EXPECT_LE(events.edges[2].at, clock.now());
}

TEST_F(LinesTest, AFullKernelQueueIsToldAsLost) {
  auto line = input("gpio:DOOR");
  ASSERT_TRUE(line);
  fake_gpiod::put(std::vector<fake_gpiod::Edge>(15), false);
  EXPECT_FALSE(next(**line).lost);
  fake_gpiod::put(std::vector<fake_gpiod::Edge>(16), false);
  EXPECT_TRUE(next(**line).lost);
}

TEST_F(LinesTest, AChipThatIsPulledOutEndsItsLines) {
  auto line = input("gpio:DOOR");
  ASSERT_TRUE(line);
  fake_gpiod::unplug();
  auto events = run_task(context, with_timeout(clock, 10s, (*line)->wait()));
  ASSERT_FALSE(events);
  EXPECT_EQ(events.error(), make_error_code(IoErrc::closed));
  EXPECT_FALSE((*line)->level());
  line->reset();
  EXPECT_EQ(fake_gpiod::open_chips(), 0);
}

TEST_F(LinesTest, AWaitForAnEdgeCanBeGivenUp) {
  auto line = input("gpio:DOOR");
  ASSERT_TRUE(line);
  auto events = run_task(context, with_timeout(clock, 10ms, (*line)->wait()));
  ASSERT_FALSE(events);
  EXPECT_EQ(events.error(), make_error_code(AsyncErrc::timed_out));
}

TEST_F(LinesTest, AnOutputIsSetFromItsOpeningAndAPulseEndsWithoutTheLoop) {
  auto source = make_output_line("gpio:gpiochip0/5");
  ASSERT_TRUE(source);
  auto line = (*source)->open(false);
  ASSERT_TRUE(line);
  EXPECT_THAT(fake_gpiod::written(), ElementsAre(0));
  ASSERT_TRUE((*line)->pulse(true, 20ms));
  while (fake_gpiod::written().size() < 3) std::this_thread::yield();  // the loop never runs
  EXPECT_THAT(fake_gpiod::written(), ElementsAre(0, 1, 0));
}

TEST_F(LinesTest, WhoForgetsAnOutputEndsItsPulse) {
  auto source = make_output_line("gpio:gpiochip0/5");
  auto line = (*source)->open(false);
  ASSERT_TRUE((*line)->pulse(true, 1h));
  line->reset();
  EXPECT_THAT(fake_gpiod::written(), ElementsAre(0, 1, 0));
  EXPECT_EQ(fake_gpiod::open_chips(), 0);
}

TEST_F(LinesTest, SettingAnOutputEndsItsPulse) {
  auto source = make_output_line("gpio:gpiochip0/5");
  auto line = (*source)->open(true);
  ASSERT_TRUE((*line)->pulse(false, 30ms));
  ASSERT_TRUE((*line)->set(false));
  std::this_thread::sleep_for(60ms);
  EXPECT_THAT(fake_gpiod::written(), ElementsAre(1, 0, 0));
}

TEST(TimedOffTest, AWireThatFailsIsTriedAgainUntilThePulseEnded) {
  std::atomic<int> failures = 3;
  std::atomic<bool> high = false;
  TimedOff wire([&failures, &high](bool level) -> Result<void> {
    if (!level && failures-- > 0) return Error(IoErrc::failed, "stuck");
    high = level;
    return {};
  });
  ASSERT_TRUE(wire.pulse(true, 5ms));
  EXPECT_TRUE(high);
  while (high) std::this_thread::yield();
  EXPECT_LE(failures, 0);
}

TEST(TimedOffTest, AWireThatCannotBeRaisedIsLoweredAllTheSame) {
  std::atomic<int> lowered = 0;
  TimedOff wire([&lowered](bool level) -> Result<void> {
    if (level) return Error(IoErrc::failed, "no power");
    ++lowered;
    return {};
  });
  EXPECT_FALSE(wire.pulse(true, 1h));
  while (lowered == 0) std::this_thread::yield();
  EXPECT_EQ(lowered, 1);
}

TEST(ModemWatchTest, AChangeIsAnEdgeAtTheLookThatSawIt) {
  ModemWatch watch(false, 0, 100ms);
  EXPECT_TRUE(watch.look(false, 0, 150ms).edges.empty());
  EXPECT_THAT(watch.look(true, 1, 200ms).edges, ElementsAre(LineEdge{true, 200ms}));
  EXPECT_TRUE(watch.look(true, 1, 250ms).edges.empty());
}

TEST(ModemWatchTest, AChangeThatCameAndWentBetweenTwoLooksIsTwoEdges) {
  ModemWatch watch(true, 7, 100ms);
  EXPECT_THAT(watch.look(true, 9, 3150ms).edges,
              ElementsAre(LineEdge{false, 100ms}, LineEdge{true, 3150ms}));
  EXPECT_TRUE(watch.look(true, 9, 3200ms).edges.empty());
}

TEST(ModemWatchTest, APortWithoutCountersShowsWhatTheLooksShow) {
  ModemWatch watch(false, std::nullopt, 0ms);
  EXPECT_TRUE(watch.look(false, std::nullopt, 50ms).edges.empty());
  EXPECT_EQ(watch.look(true, std::nullopt, 100ms).edges.size(), 1U);
}

TEST(PipeLineTest, ALineIsALevelAndMayTellItsTime) {
  EXPECT_EQ(parse_pipe_line("1", 5s), (LineEdge{true, 5s}));
  EXPECT_EQ(parse_pipe_line("0\r", 5s), (LineEdge{false, 5s}));
  EXPECT_EQ(parse_pipe_line("1 12.25", 50s), (LineEdge{true, 12'250ms}));
  EXPECT_EQ(parse_pipe_line("0 7", 50s), (LineEdge{false, 7s}));
  for (const char* bad : {"", "2", "high", "10", "1 ", "1 x", "1 1.2.3", "1 -4", "1  5", "1 .",
                          "1 99999999999", "1 1.0000000001"}) {
    EXPECT_EQ(parse_pipe_line(bad, 5s), std::nullopt) << bad;
  }
}

TEST_F(LinesTest, APipeIsMadeAndReadLineByLine) {
  auto line = input("pipe:" + path);
  ASSERT_TRUE(line) << line.error().message();
  EXPECT_FALSE((*line)->level().value_or(true));
  std::ofstream(path) << "1\nrubbish\n" << std::string(5000, 'x') << "\n1 0.5\n0";
  std::vector<bool> seen;
  while (seen.size() < 2) {
    for (const bool level : levels(next(**line))) seen.push_back(level);
  }
  EXPECT_EQ(seen, (std::vector<bool>{true, true}));
  std::ofstream(path) << "\n";  // the end of a line in two pieces
  EXPECT_EQ(levels(next(**line)), (std::vector<bool>{false}));
  EXPECT_FALSE((*line)->level().value_or(true));
}

TEST_F(LinesTest, NonsenseWithoutEndIsOneLineOfTheLog) {
  auto line = input("pipe:" + path);
  ASSERT_TRUE(line);
  std::string nonsense;
  for (int count = 0; count < 3000; ++count) nonsense += "rubbish\n";
  testing::internal::CaptureStderr();
  std::ofstream(path) << nonsense << "1\n";
  EXPECT_EQ(levels(next(**line)), (std::vector<bool>{true}));
  const std::string log = testing::internal::GetCapturedStderr();
  EXPECT_EQ(std::ranges::count(log, '\n'), 1) << log;
}

TEST_F(LinesTest, AFileIsNoPipe) {
  std::ofstream(path) << "1\n";
  EXPECT_THAT(why_not("pipe:" + path), HasSubstr("is no pipe"));
}

TEST_F(LinesTest, APipedOutputWritesItsLevels) {
  auto source = make_output_line("pipe:" + path);
  auto line = (*source)->open(false);
  ASSERT_TRUE(line);
  ASSERT_TRUE((*line)->pulse(true, 1h));
  ASSERT_TRUE((*line)->set(false));
  EXPECT_EQ(*read_file(path, 100), "0\n1\n0\n");
}

}  // namespace
}  // namespace yijuan
