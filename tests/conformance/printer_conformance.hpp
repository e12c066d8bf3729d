// The contract of Printer, as tests that run over every kind of port to the simulated printer: in
// memory, TCP's and a USB port's manners. A slip is printed once, not at all and said so, or its
// outcome is told as uncertain; it is never repeated by itself, and the gift stands either way.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <ostream>
#include <string>

#include "async/sim_clock.hpp"
#include "drivers/escpos/fake_line.hpp"
#include "ports/driver.hpp"

namespace yijuan::conformance {

/// One model on one kind of port.
struct PrinterKind {
  std::string name;
  std::string model;
  escpos_fake::Port port = escpos_fake::Port::none;
  std::size_t pace = 0;  // bytes in 10 ms; 0: at once
  bool keeps_buffer = false;
};

inline std::ostream& operator<<(std::ostream& out, const PrinterKind& kind) {
  return out << kind.name;
}

class PrinterConformance : public testing::TestWithParam<PrinterKind> {
 protected:
  PrinterConformance();
  ~PrinterConformance() override;

  void make(escpos_fake::Behaviour behaviour);
  /// A driver that knows nothing of what an earlier one did.
  void make_driver();
  PrintResult print();
  /// Prints while `world` happens after `delay`.
  PrintResult print_while(std::chrono::nanoseconds delay, std::function<void()> world);
  Result<void> ready();
  /// Whole slips on paper, cut or torn off.
  [[nodiscard]] std::size_t whole_slips() const;

  asio::io_context context;
  SimClock clock{context};
  std::unique_ptr<escpos_fake::Printer> device;
  std::unique_ptr<escpos_fake::Line> line;
  std::unique_ptr<Printer> driver;
};

}  // namespace yijuan::conformance
