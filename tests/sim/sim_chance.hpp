// All chance of one simulated life: from its seed alone.
#pragma once

#include <chrono>
#include <random>

#include "async/clock.hpp"

namespace yijuan::sim {

class Chance {
 public:
  explicit Chance(std::uint64_t seed) : engine_(seed) {}

  [[nodiscard]] std::uint64_t below(std::uint64_t n) { return engine_() % n; }
  [[nodiscard]] bool one_in(std::uint64_t n) { return below(n) == 0; }
  /// `n` times in a thousand.
  [[nodiscard]] bool per_mille(unsigned n) { return below(1000) < n; }
  /// From `least` on, up to and without `most`.
  [[nodiscard]] std::chrono::nanoseconds between(std::chrono::nanoseconds least,
                                                 std::chrono::nanoseconds most) {
    return least +
           std::chrono::nanoseconds(below(static_cast<std::uint64_t>((most - least).count())));
  }
  /// Waits of chance whose mean is `mean`: half to one and a half times it.
  [[nodiscard]] std::chrono::nanoseconds about(std::chrono::nanoseconds mean) {
    return between(mean / 2, mean * 3 / 2);
  }
  [[nodiscard]] std::mt19937_64& engine() { return engine_; }

 private:
  std::mt19937_64 engine_;
};

}  // namespace yijuan::sim
