// The contract of CountingMachine, as tests that run against every driver. A driver plugs in with
// one file, tests/conformance/counter_NAME_test.cpp: a PrintingMachine, and
// INSTANTIATE_TEST_SUITE_P(…, CounterConformance, …). CMake finds the file and links driver_NAME.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "async/sim_clock.hpp"
#include "ports/counting_machine.hpp"
#include "ports/driver.hpp"
#include "tests/support/seeded_random.hpp"

namespace yijuan::conformance {

using Total = std::vector<CountedPieces>;

class PrintingMachine {
 public:
  virtual ~PrintingMachine() = default;
  virtual std::unique_ptr<CountingMachine> make_driver(DriverContext context) = 0;

  /// Begins to print a true report of `total` at `at`.
  virtual void print(Instant at, const Total& total) = 0;
  /// The faults that the simulated machine states, by name; `half` leaves its report unfinished,
  /// every other one is a report that contradicts itself.
  [[nodiscard]] virtual std::vector<std::string> faults() const = 0;
  virtual void misprint(Instant at, const Total& total, const std::string& fault) = 0;
  virtual void send(Instant at, const std::string& bytes) = 0;
  virtual void unplug() = 0;
  virtual void plug() = 0;
};

struct CounterKind {
  std::string name;
  std::function<std::unique_ptr<PrintingMachine>(asio::any_io_executor, Clock&)> make;
};

class CounterConformance : public testing::TestWithParam<CounterKind> {
 protected:
  void SetUp() override;
  Result<Total> read();

  asio::io_context context;
  SimClock clock{context, std::chrono::seconds(100)};
  test::SeededRandom random{1};
  std::unique_ptr<PrintingMachine> machine;
  std::unique_ptr<CountingMachine> driver;
};

}  // namespace yijuan::conformance
