// A simulated counting machine: prints a count in one of the layouts that machines use. No clock,
// thread or port, and no code of the driver. Its report is true unless a fault is asked for:
//   half         it stops before its sum
//   wrong_sum    its sum is one piece more than its lines
//   wrong_line   one line's amount is not value times pieces
//   lost_line    a line is missing, as if it was lost on the wire
//   garbled      a digit of a line arrived as a letter
//   twice        a line is printed twice
//   chatter      headings, dates and a printer's commands around the report: no fault of its counts
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"

namespace yijuan::counter_fake {

enum class Layout { columns, coin_sorter, receipt_gb };
enum class Fault { none, half, wrong_sum, wrong_line, lost_line, garbled, twice, chatter };

struct Pile {
  int fen = 0;
  int pieces = 0;
};

/// What the machine sends after its key was pressed.
Bytes print(Layout layout, const std::vector<Pile>& counted, Fault fault = Fault::none);

std::optional<Layout> layout_of(std::string_view name);  // "columns", "coin-sorter", "receipt-gb"
std::optional<Fault> fault_of(std::string_view name);    // "half", "wrong-sum", …

}  // namespace yijuan::counter_fake
