// A coin or note counting machine at the desk: prints its totals on a serial line.
#pragma once

#include <cstdint>
#include <vector>

#include "async/task.hpp"
#include "base/fen.hpp"

namespace yijuan {

/// One line of a machine's total: `pieces` of `value` each.
struct CountedPieces {
  Fen value;
  std::uint64_t pieces = 0;
  friend bool operator==(const CountedPieces&, const CountedPieces&) = default;
};

class CountingMachine {
 public:
  virtual ~CountingMachine() = default;
  /// Waits for the machine's next complete total. Values strictly ascending. An error where what it
  /// printed contradicts itself (lines against its own sum) or cannot be read.
  virtual Task<std::vector<CountedPieces>> read_total() = 0;
};

}  // namespace yijuan
