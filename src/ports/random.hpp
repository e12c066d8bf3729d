// Unpredictable bytes (the system's generator), or predictable ones under a seed in tests.
#pragma once

#include <span>

#include "base/bytes.hpp"

namespace yijuan {

class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(std::span<std::uint8_t> bytes) = 0;

  /// A number below `bound` (> 0), good enough for jitter; not for keys.
  std::uint64_t below(std::uint64_t bound) {
    std::uint64_t value = 0;
    fill({reinterpret_cast<std::uint8_t*>(&value), sizeof value});
    return value % bound;
  }
};

}  // namespace yijuan
