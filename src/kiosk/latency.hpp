// How long something took, over many times: a histogram of fixed size with 6 % resolution, from
// which percentiles are read.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>

namespace yijuan::kiosk {

class Latency {
 public:
  void add(std::chrono::nanoseconds duration);
  [[nodiscard]] std::uint64_t count() const { return count_; }
  /// The duration that `percent` of all did not exceed; 0 if there are none.
  [[nodiscard]] std::chrono::microseconds percentile(unsigned percent) const;

 private:
  static constexpr std::size_t kSteps = 16;  // per doubling
  std::array<std::uint64_t, 40 * kSteps> buckets_{};
  std::uint64_t count_ = 0;
};

}  // namespace yijuan::kiosk
