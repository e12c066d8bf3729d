// Fingers on the screen. What the panel is (DeviceFound) and whether it works (DeviceState) are
// facts, told when they change, without holding up a finger.
#pragma once

#include "async/bounded_queue.hpp"
#include "ports/device_fact.hpp"

namespace yijuan {

/// A tap, in pixels of the display.
struct Tap {
  int x = 0;
  int y = 0;
};
using Taps = BoundedQueue<Tap>;

class Touch {
 public:
  virtual ~Touch() = default;
  /// Reports taps until cancelled; opens its device again after a failure.
  virtual Task<void> run() = 0;
};

}  // namespace yijuan
