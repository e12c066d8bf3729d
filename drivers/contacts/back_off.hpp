// How long to wait before a line that failed is opened again: doubling, capped, with jitter.
#pragma once

#include <algorithm>
#include <chrono>

#include "ports/random.hpp"

namespace yijuan::contacts {

class BackOff {
 public:
  explicit BackOff(Random& random) : random_(random) {}

  std::chrono::nanoseconds next() {
    const auto jitter = std::chrono::milliseconds(random_.below(kJitterMilliseconds));
    const auto wait = wait_ + jitter;
    wait_ = std::min(wait_ * 2, kLongest);
    return wait;
  }
  void reset() { wait_ = kFirst; }

 private:
  static constexpr std::chrono::milliseconds kFirst{500};
  static constexpr std::chrono::milliseconds kLongest{30'000};
  static constexpr std::uint64_t kJitterMilliseconds = 100;

  Random& random_;
  std::chrono::milliseconds wait_ = kFirst;
};

}  // namespace yijuan::contacts
