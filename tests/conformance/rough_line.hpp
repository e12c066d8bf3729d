// A stream source between a driver and its simulated device that does to the device's bytes what
// broken lines and broken devices do. What the driver writes reaches the device but for `silent`.
#pragma once

#include <memory>

#include "async/clock.hpp"
#include "async/event.hpp"
#include "ports/byte_stream.hpp"

namespace yijuan::conformance {

enum class Line {
  good,
  silent,   // nothing passes, in either direction
  garbage,  // every byte of the device is replaced by another one
  half,     // the second half of whatever comes is lost
  flood,    // bytes without end, whether asked or not
};

class RoughLine {
 public:
  explicit RoughLine(Clock& clock) : clock_(clock) {}

  /// Over `inner`; this outlives the source.
  std::unique_ptr<StreamSource> wrap(std::unique_ptr<StreamSource> inner);
  void set(Line line) { line_ = line; }

 private:
  class End;
  class Source;

  std::uint8_t noise();

  Clock& clock_;
  Line line_ = Line::good;
  std::uint32_t noise_ = 1;
};

}  // namespace yijuan::conformance
