// The contract of Touch, as tests that run against every driver. A driver plugs in with one file,
// tests/conformance/touch_NAME_test.cpp: a TouchMachine, and INSTANTIATE_TEST_SUITE_P(…,
// TouchConformance, …). CMake finds the file and links driver_NAME.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "async/sim_clock.hpp"
#include "async/task_group.hpp"
#include "ports/driver.hpp"
#include "tests/support/seeded_random.hpp"

namespace yijuan::conformance {

/// A panel on a display of kWidth by kHeight pixels. What it sends is there when the call returns.
class TouchMachine {
 public:
  static constexpr int kWidth = 1280;
  static constexpr int kHeight = 800;

  virtual ~TouchMachine() = default;
  virtual std::unique_ptr<Touch> make_driver(DriverContext context, Taps& taps,
                                             DeviceFacts& facts) = 0;

  /// A finger comes down, or moves, at a pixel of the display; is lifted.
  virtual void press(int x, int y) = 0;
  virtual void lift() = 0;
  /// A finger comes down somewhere beyond the panel's range.
  virtual void press_outside() = 0;
  /// A whole touch, sent in two pieces, the second one by the second call.
  virtual void send_half(int x, int y) = 0;
  virtual void send_other_half() = 0;
  /// The system says that it lost what the panel told.
  virtual void lose_reports() = 0;
  virtual void send_garbage() = 0;
  virtual void unplug() = 0;
  virtual void plug() = 0;
};

struct TouchKind {
  std::string name;
  std::function<std::unique_ptr<TouchMachine>()> make;
};

using Place = std::pair<int, int>;

class TouchConformance : public testing::TestWithParam<TouchKind> {
 protected:
  void SetUp() override { machine = GetParam().make(); }
  void TearDown() override;
  void start();
  void run_for(std::chrono::nanoseconds duration);
  void tap(int x, int y);
  /// The taps that the kiosk got, oldest first, and takes from the queue.
  std::vector<Place> places();
  /// The state as last told; "never" if none was. Takes the facts from their queue.
  std::string state();

  asio::io_context context;
  SimClock clock{context, std::chrono::seconds(100)};
  test::SeededRandom random{1};
  Taps taps{context.get_executor(), 4};
  DeviceFacts facts{context.get_executor(), 4};
  std::string state_ = "never";
  int founds = 0;  // DeviceFound
  int states = 0;  // DeviceState with another code
  std::unique_ptr<TouchMachine> machine;
  std::unique_ptr<Touch> driver;
  std::unique_ptr<TaskGroup> group;
};

}  // namespace yijuan::conformance
