// The contract of Board, as tests that run against every driver. A driver plugs in with one file,
// tests/conformance/board_NAME_test.cpp: a BoardMachine, and INSTANTIATE_TEST_SUITE_P(…,
// BoardConformance, …). CMake finds the file and links driver_NAME, and its fake.
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

class BoardMachine {
 public:
  virtual ~BoardMachine() = default;
  virtual std::unique_ptr<Board> make_driver(DriverContext context, DeviceFacts& facts) = 0;

  /// What the machine has, and how it is; empty: it has no such thing.
  virtual void set(const BoardReadings& readings) = 0;
  /// From now on, until set(): where the readings come from is gone; says nonsense; says numbers
  /// that cannot be.
  virtual void remove() = 0;
  virtual void send_garbage() = 0;
  virtual void send_impossible() = 0;
  /// The modem answers nothing, or again. False where the board has none.
  virtual bool silence_modem(bool silent) = 0;
};

struct BoardKind {
  std::string name;
  std::function<std::unique_ptr<BoardMachine>(const asio::any_io_executor& executor)> make;
};

class BoardConformance : public testing::TestWithParam<BoardKind> {
 protected:
  void SetUp() override { machine = GetParam().make(context.get_executor()); }
  void TearDown() override;
  void start();
  void listen();
  void stall();
  void run_for(std::chrono::nanoseconds duration) { clock.run_for(duration); }
  [[nodiscard]] std::vector<BoardReadings> readings() const;
  /// The codes told, oldest first.
  [[nodiscard]] std::vector<std::string> states() const;
  [[nodiscard]] int founds() const;

  asio::io_context context;
  SimClock clock{context, std::chrono::seconds(100)};
  test::SeededRandom random{1};
  DeviceFacts facts{context.get_executor(), 3};
  std::vector<DeviceFact> taken;
  std::unique_ptr<BoardMachine> machine;
  std::unique_ptr<Board> driver;
  std::unique_ptr<TaskGroup> group;
  std::unique_ptr<TaskGroup> reader;
};

}  // namespace yijuan::conformance
