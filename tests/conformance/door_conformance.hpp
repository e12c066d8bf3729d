// The contract of Door, as tests that run against every driver on its simulated contacts and lock.
// A driver plugs in with one file, tests/conformance/door_NAME_test.cpp: a DoorMachine, and
// INSTANTIATE_TEST_SUITE_P(…, DoorConformance, …). CMake finds the file and links driver_NAME.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "async/sim_clock.hpp"
#include "async/task_group.hpp"
#include "ports/driver.hpp"
#include "tests/support/seeded_random.hpp"

namespace yijuan::conformance {

/// A box's contacts "door" and "tilt", and its lock.
class DoorMachine {
 public:
  virtual ~DoorMachine() = default;
  virtual std::unique_ptr<Door> make_driver(DriverContext context, DeviceFacts& facts) = 0;

  // The world, at the clock's moment. All contacts are at rest at first.
  virtual void set(const std::string& contact, bool active) = 0;
  /// The cable of all contacts and the lock; false: it has none that can be pulled.
  virtual bool unplug() = 0;
  virtual void plug() = 0;

  // The truth.
  /// Whether the lock is driven now.
  [[nodiscard]] virtual bool driven() const = 0;
  /// The longest that it was driven at once; nothing where that cannot be measured.
  [[nodiscard]] virtual std::optional<std::chrono::nanoseconds> longest_drive() const = 0;
};

struct DoorKind {
  std::string name;
  std::function<std::unique_ptr<DoorMachine>(const asio::any_io_executor& executor,
                                             SimClock& clock)>
      make;
};

class DoorConformance : public testing::TestWithParam<DoorKind> {
 protected:
  void SetUp() override { machine = GetParam().make(context.get_executor(), clock); }
  void TearDown() override;

  void start();
  void run_for(std::chrono::nanoseconds duration);
  void listen();
  void stall();
  /// Asks for the lock; the answer stands in `unlocked` once it came.
  void unlock();

  /// What was told of a contact, in order: "+" active, "-" not.
  [[nodiscard]] std::string told(const std::string& contact) const;
  [[nodiscard]] std::string state() const;

  asio::io_context context;
  SimClock clock{context, std::chrono::seconds(100)};
  test::SeededRandom random{1};
  DeviceFacts facts{context.get_executor(), 3};
  std::unique_ptr<DoorMachine> machine;
  std::unique_ptr<Door> driver;
  std::unique_ptr<TaskGroup> group;   // the driver
  std::unique_ptr<TaskGroup> person;  // who asks for the lock
  std::unique_ptr<TaskGroup> reader;  // the kiosk
  std::vector<DeviceFact> taken;
  std::vector<bool> unlocked;
};

}  // namespace yijuan::conformance
