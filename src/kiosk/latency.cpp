#include "kiosk/latency.hpp"

#include <algorithm>
#include <bit>

namespace yijuan::kiosk {

void Latency::add(std::chrono::nanoseconds duration) {
  const auto micros = static_cast<std::uint64_t>(
      std::max<std::int64_t>(0, std::chrono::round<std::chrono::microseconds>(duration).count()));
  // Below kSteps exact; above, the leading bit and the next four.
  std::size_t bucket = micros;
  if (micros >= kSteps) {
    const auto doublings = static_cast<std::size_t>(std::bit_width(micros)) - 5;
    bucket = (doublings + 1) * kSteps + ((micros >> doublings) & (kSteps - 1));
  }
  ++buckets_[std::min(bucket, buckets_.size() - 1)];
  ++count_;
}

std::chrono::microseconds Latency::percentile(unsigned percent) const {
  std::uint64_t left = (count_ * percent + 99) / 100;
  for (std::size_t bucket = 0; bucket < buckets_.size() && left > 0; ++bucket) {
    if (buckets_[bucket] < left) {
      left -= buckets_[bucket];
      continue;
    }
    if (bucket < kSteps) return std::chrono::microseconds(bucket);
    const std::size_t doublings = bucket / kSteps - 1;
    return std::chrono::microseconds((kSteps + bucket % kSteps) << doublings);
  }
  return std::chrono::microseconds(0);
}

}  // namespace yijuan::kiosk
