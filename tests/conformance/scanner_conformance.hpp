// The contract of Scanner, as tests that run against every driver. A driver plugs in with one file,
// tests/conformance/scanner_NAME_test.cpp: a ScannerMachine, and INSTANTIATE_TEST_SUITE_P(…,
// ScannerConformance, …). CMake finds the file and links driver_NAME.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "async/sim_clock.hpp"
#include "async/task_group.hpp"
#include "ports/driver.hpp"
#include "tests/support/seeded_random.hpp"

namespace yijuan::conformance {

class ScannerMachine {
 public:
  virtual ~ScannerMachine() = default;
  virtual std::unique_ptr<Scanner> make_driver(DriverContext context, Scans& scans,
                                               DeviceFacts& facts) = 0;

  /// Reads `text`: A to Z, digits and spaces. `whole`: to its end.
  virtual void scan(const std::string& text, bool whole = true) = 0;
  virtual void send_garbage() = 0;
  virtual void unplug() = 0;
  virtual void plug() = 0;
};

struct ScannerKind {
  std::string name;
  std::function<std::unique_ptr<ScannerMachine>()> make;
};

class ScannerConformance : public testing::TestWithParam<ScannerKind> {
 protected:
  void SetUp() override { machine = GetParam().make(); }
  void TearDown() override;
  void start();
  void run_for(std::chrono::nanoseconds duration);
  /// What the kiosk got, oldest first, and takes from the queue.
  std::vector<std::string> texts();
  /// The state as last told; "never" if none was. Takes the facts from their queue.
  std::string state();

  asio::io_context context;
  SimClock clock{context, std::chrono::seconds(100)};
  test::SeededRandom random{1};
  Scans scans{context.get_executor(), 4};
  DeviceFacts facts{context.get_executor(), 4};
  std::string state_ = "never";
  std::unique_ptr<ScannerMachine> machine;
  std::unique_ptr<Scanner> driver;
  std::unique_ptr<TaskGroup> group;
};

}  // namespace yijuan::conformance
