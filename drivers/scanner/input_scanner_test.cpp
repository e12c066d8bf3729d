#include "drivers/scanner/input_scanner.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "tests/support/run_task.hpp"
#include "tests/support/seeded_random.hpp"
#include "tests/support/temporary_directory.hpp"

namespace yijuan::scanner {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

class InputScannerTest : public testing::Test {
 protected:
  InputScannerTest() { group.spawn("scanner", scanner.run()); }
  ~InputScannerTest() override {
    group.cancel();
    clock.run([this] { return group.empty(); });
  }

  void make_pipe() { ASSERT_EQ(mkfifo(path.c_str(), 0600), 0); }
  void write(const void* bytes, std::size_t size) {
    const Descriptor pipe(open(path.c_str(), O_WRONLY | O_NONBLOCK));
    ASSERT_TRUE(pipe.valid());
    ASSERT_EQ(::write(pipe.get(), bytes, size), static_cast<ssize_t>(size));
    settle();
  }
  /// Presses keys; `at` and `apart` are the kernel's times.
  void type(const std::vector<int>& codes, std::chrono::microseconds at = 0us,
            std::chrono::microseconds apart = 0us) {
    std::vector<input_event> events;
    for (const int code : codes) {
      input_event event{};
      event.type = EV_KEY;
      event.code = static_cast<std::uint16_t>(code);
      event.value = 1;
      event.input_event_sec = at / 1s;
      event.input_event_usec = (at % 1s).count();
      events.push_back(event);
      at += apart;
    }
    write(events.data(), events.size() * sizeof(input_event));
  }
  // Lets the scanner read: its wait is the loop's own, not the clock's.
  void settle() {
    for (int i = 0; i < 20; ++i) {
      context.restart();
      context.poll();
    }
  }
  std::string next() {
    settle();
    if (scans.size() == 0) return "nothing";
    auto popped = test::run_task(context, scans.pop());
    return popped ? popped->text : "nothing";
  }

  /// What was told of it, and is taken: "found …", "works", or a fault's code.
  std::vector<std::string> told() {
    std::vector<std::string> words;
    for (settle(); facts.size() > 0; settle()) {
      auto fact = test::run_task(context, facts.pop());
      if (const auto* state = std::get_if<DeviceState>(&*fact)) {
        EXPECT_EQ(state->device, "scanner");
        words.push_back(state->code.empty() ? "works" : state->code);
        if (!state->code.empty()) EXPECT_NE(state->text.find("scanner"), std::string::npos);
      } else {
        words.push_back("found " + std::get<DeviceFound>(*fact).product);
      }
    }
    return words;
  }

  test::TemporaryDirectory folder;
  std::string path = (folder.path() / "scanner").string();
  asio::io_context context;
  SimClock clock{context, 100s};
  Scans scans{context.get_executor(), 2};
  test::SeededRandom random{1};
  DeviceFacts facts{context.get_executor(), 16};
  InputScanner scanner{path, {context.get_executor(), clock, random}, scans, facts};
  TaskGroup group{context.get_executor(), {}};
};

TEST_F(InputScannerTest, AScannerThatIsMissingIsTriedAgain) {
  clock.run_for(3s);
  make_pipe();
  clock.run_for(10s);
  type({KEY_4, KEY_2, KEY_ENTER});
  EXPECT_EQ(next(), "42");
}

TEST_F(InputScannerTest, WhatIsMissingIsAFaultUntilItComes) {
  clock.run_for(5min);
  EXPECT_THAT(told(), ElementsAre("offline"));
  make_pipe();
  clock.run_for(1min);
  EXPECT_THAT(told(), ElementsAre("found a pipe of input events", "works"));
  clock.run_for(1h);
  EXPECT_THAT(told(), IsEmpty());
}

TEST_F(InputScannerTest, WhatIsNoInputDeviceIsNamed) {
  std::filesystem::create_symlink("/dev/zero", path);
  clock.run_for(5min);
  EXPECT_THAT(told(), ElementsAre("other device"));
}

TEST_F(InputScannerTest, WhatIsNoInputDeviceIsNotRead) {
  std::ofstream(path) << std::string(4096, 'x');
  clock.run_for(60s);
  EXPECT_EQ(next(), "nothing");
}

TEST_F(InputScannerTest, GarbageIsDroppedAndTheNextTextCounts) {
  make_pipe();
  settle();
  type({KEY_1});
  const std::string garbage(1000, '\xFF');
  write(garbage.data(), garbage.size());
  type({KEY_7, KEY_ENTER});
  EXPECT_EQ(next(), "7");
}

TEST_F(InputScannerTest, GarbageWithoutEndDoesNotFillTheLog) {
  make_pipe();
  settle();
  testing::internal::CaptureStderr();
  const std::string garbage(1000, '\xFF');
  for (int piece = 0; piece < 50; ++piece) {
    write(garbage.data(), garbage.size());
    settle();
  }
  type({KEY_7, KEY_ENTER});
  EXPECT_EQ(next(), "7");
  const std::string log = testing::internal::GetCapturedStderr();
  EXPECT_LE(std::ranges::count(log, '\n'), 1) << log;
}

TEST_F(InputScannerTest, AnEventInTwoPiecesIsOneEvent) {
  make_pipe();
  settle();
  std::array<input_event, 2> events{};
  for (auto& event : events) event.type = EV_KEY, event.value = 1;
  events[0].code = KEY_A;
  events[1].code = KEY_ENTER;
  const auto* bytes = reinterpret_cast<const char*>(events.data());
  write(bytes, 31);
  EXPECT_EQ(next(), "nothing");
  write(bytes + 31, sizeof events - 31);
  EXPECT_EQ(next(), "a");
}

TEST_F(InputScannerTest, APauseOfTheScannerTearsATextAPauseOfTheBoxDoesNot) {
  make_pipe();
  settle();
  type({KEY_1, KEY_2}, 5s, 10ms);
  clock.run_for(2s);  // the loop was busy; the keys came 10 ms apart
  type({KEY_3, KEY_ENTER}, 5020ms, 10ms);
  EXPECT_EQ(next(), "123");
  type({KEY_1, KEY_2}, 6s, 10ms);
  type({KEY_3, KEY_ENTER}, 7s, 10ms);
  EXPECT_EQ(next(), "3");
}

TEST_F(InputScannerTest, ScansThatNobodyReadsAreDroppedNotKept) {
  make_pipe();
  settle();
  for (int i = 0; i < 5; ++i) type({KEY_1, KEY_ENTER});
  EXPECT_EQ(scans.size(), 2U);
}

}  // namespace
}  // namespace yijuan::scanner
