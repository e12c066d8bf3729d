#include "drivers/evdev/touch_panel.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "tests/support/run_task.hpp"
#include "tests/support/seeded_random.hpp"
#include "tests/support/temporary_directory.hpp"

namespace yijuan::evdev {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

input_event event(int type, int code, int value) {
  input_event made{};
  made.type = static_cast<std::uint16_t>(type);
  made.code = static_cast<std::uint16_t>(code);
  made.value = value;
  return made;
}

class TouchPanelTest : public testing::Test {
 protected:
  TouchPanelTest() { group.spawn("touch", panel.run()); }
  ~TouchPanelTest() override {
    group.cancel();
    clock.run([this] { return group.empty(); });
  }

  void make_pipe() { ASSERT_EQ(mkfifo(path.c_str(), 0600), 0); }
  void write(const void* bytes, std::size_t size) {
    const Descriptor pipe(open(path.c_str(), O_WRONLY | O_NONBLOCK));
    ASSERT_TRUE(pipe.valid());
    ASSERT_EQ(::write(pipe.get(), bytes, size), static_cast<ssize_t>(size));
  }
  void tap(int x, int y) {
    const std::array<input_event, 6> events = {
        event(EV_ABS, ABS_X, x),      event(EV_ABS, ABS_Y, y),     event(EV_KEY, BTN_TOUCH, 1),
        event(EV_SYN, SYN_REPORT, 0), event(EV_KEY, BTN_TOUCH, 0), event(EV_SYN, SYN_REPORT, 0)};
    write(events.data(), sizeof events);
  }
  // Lets the panel read: its wait is the loop's own, not the clock's.
  void settle() {
    for (int i = 0; i < 20; ++i) {
      context.restart();
      context.poll();
    }
  }
  std::optional<Tap> next() {
    settle();
    if (taps.size() == 0) return std::nullopt;
    auto popped = test::run_task(context, taps.pop());
    return popped ? std::optional(*popped) : std::nullopt;
  }

  /// What was told of it, and is taken: "found …", "works", or a fault's code.
  std::vector<std::string> told() {
    std::vector<std::string> words;
    for (settle(); facts.size() > 0; settle()) {
      auto fact = test::run_task(context, facts.pop());
      if (const auto* state = std::get_if<DeviceState>(&*fact)) {
        EXPECT_EQ(state->device, "touch");
        words.push_back(state->code.empty() ? "works" : state->code);
        if (!state->code.empty()) EXPECT_NE(state->text.find("touch"), std::string::npos);
      } else {
        words.push_back("found " + std::get<DeviceFound>(*fact).product);
      }
    }
    return words;
  }

  test::TemporaryDirectory folder;
  std::string path = (folder.path() / "touch").string();
  asio::io_context context;
  SimClock clock{context};
  Taps taps{context.get_executor(), 4};
  test::SeededRandom random{1};
  DeviceFacts facts{context.get_executor(), 16};
  TouchPanel panel{{path, Mapping{}, {}, {}}, {context.get_executor(), clock, random}, taps, facts};
  TaskGroup group{context.get_executor(), {}};
};

TEST_F(TouchPanelTest, APanelThatIsMissingIsTriedAgain) {
  clock.run_for(3s);
  make_pipe();
  clock.run_for(10s);
  tap(640, 400);
  const auto got = next();
  ASSERT_TRUE(got);
  EXPECT_EQ(got->x, 640);
  EXPECT_EQ(got->y, 400);
}

TEST_F(TouchPanelTest, WhatIsMissingIsAFaultUntilItComes) {
  clock.run_for(5min);
  EXPECT_THAT(told(), ElementsAre("offline"));
  make_pipe();
  clock.run_for(1min);
  EXPECT_THAT(told(), ElementsAre("found a pipe of input events", "works"));
  clock.run_for(1h);
  EXPECT_THAT(told(), IsEmpty());
}

TEST_F(TouchPanelTest, WhatIsNoInputDeviceIsNamed) {
  std::filesystem::create_symlink("/dev/zero", path);
  clock.run_for(5min);
  EXPECT_THAT(told(), ElementsAre("other device"));
}

TEST_F(TouchPanelTest, APlainFileIsNotReadAsATouchPanel) {
  std::ofstream(path) << std::string(4096, 'x');
  clock.run_for(60s);
  EXPECT_EQ(next(), std::nullopt);
}

TEST_F(TouchPanelTest, GarbageIsDroppedAndTheNextTapCounts) {
  make_pipe();
  settle();
  const std::string garbage(1000, '\xFF');
  write(garbage.data(), garbage.size());
  EXPECT_EQ(next(), std::nullopt);
  tap(1, 2);
  const auto got = next();
  ASSERT_TRUE(got);
  EXPECT_EQ(got->x, 1);
}

TEST_F(TouchPanelTest, GarbageWithoutEndDoesNotFillTheLog) {
  make_pipe();
  settle();
  testing::internal::CaptureStderr();
  const std::string garbage(1000, '\xFF');
  for (int piece = 0; piece < 50; ++piece) {
    write(garbage.data(), garbage.size());
    settle();
  }
  tap(1, 2);
  EXPECT_TRUE(next());
  const std::string log = testing::internal::GetCapturedStderr();
  EXPECT_LE(std::ranges::count(log, '\n'), 1) << log;
}

TEST_F(TouchPanelTest, AnEventInTwoPiecesIsOneEvent) {
  make_pipe();
  settle();
  const std::array<input_event, 6> events = {
      event(EV_ABS, ABS_X, 7),      event(EV_ABS, ABS_Y, 8),     event(EV_KEY, BTN_TOUCH, 1),
      event(EV_SYN, SYN_REPORT, 0), event(EV_KEY, BTN_TOUCH, 0), event(EV_SYN, SYN_REPORT, 0)};
  const auto* bytes = reinterpret_cast<const char*>(events.data());
  write(bytes, 31);
  EXPECT_EQ(next(), std::nullopt);
  write(bytes + 31, sizeof events - 31);
  EXPECT_TRUE(next());
}

TEST_F(TouchPanelTest, AWriterThatGoesDoesNotEndThePanel) {
  make_pipe();
  settle();
  tap(1, 1);
  EXPECT_TRUE(next());
  tap(2, 2);  // each tap opens and closes the pipe
  EXPECT_TRUE(next());
}

TEST_F(TouchPanelTest, TapsThatNobodyReadsAreDroppedNotKept) {
  make_pipe();
  settle();
  for (int i = 0; i < 10; ++i) {
    tap(i, i);
    settle();
  }
  EXPECT_EQ(taps.size(), 4U);
}

}  // namespace
}  // namespace yijuan::evdev
