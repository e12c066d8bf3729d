// A badge reader or code scanner: whole texts, never single keys. What it is (DeviceFound) and
// whether it works (DeviceState) are facts, told when they change, without holding up a scan.
#pragma once

#include <string>

#include "async/bounded_queue.hpp"
#include "async/clock.hpp"
#include "ports/device_fact.hpp"

namespace yijuan {

/// What was read, without the end key. At most 64 printable ASCII characters.
struct Scan {
  std::string text;
  Instant at{};
};
using Scans = BoundedQueue<Scan>;

class Scanner {
 public:
  virtual ~Scanner() = default;
  /// Holds the device for itself and reports scans until cancelled; opens it again after a failure.
  virtual Task<void> run() = 0;
};

}  // namespace yijuan
