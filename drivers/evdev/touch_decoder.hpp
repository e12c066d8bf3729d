// From Linux input events to taps, as a plain state machine: no file, no clock.
//
// A tap is a finger that was down and is lifted; it counts at the place where it was lifted. Only
// the first finger counts. Values outside the panel's range are dropped, and so is the touch that
// the kernel reports as incomplete (SYN_DROPPED).
#pragma once

#include <linux/input.h>

#include <optional>

#include "ports/touch.hpp"

namespace yijuan::evdev {

/// One axis as the panel reports it, both ends included.
struct AxisRange {
  int least = 0;
  int most = 0;
  friend bool operator==(const AxisRange&, const AxisRange&) = default;
};

/// How the panel's coordinates lie on the display.
struct Mapping {
  int width = 1280;  // of the display, pixels
  int height = 800;
  AxisRange x{0, 1279};
  AxisRange y{0, 799};
  bool swap_axes = false;  // the panel's x runs along the display's y
  bool flip_x = false;     // after swapping
  bool flip_y = false;
};

class TouchDecoder {
 public:
  explicit TouchDecoder(Mapping mapping) : mapping_(mapping) {}

  /// A tap, if `event` completes one.
  std::optional<Tap> feed(const input_event& event);
  /// Where the device's axes stand when it is opened, where it tells: the next touch may not.
  void begin_at(std::optional<int> x, std::optional<int> y);
  /// Forgets a touch that began.
  void reset();

 private:
  std::optional<Tap> report();
  void take_axis(int code, int value);
  [[nodiscard]] Tap place() const;

  Mapping mapping_;
  std::optional<int> x_, y_;  // as reported
  bool down_ = false;         // after the last report
  bool now_down_ = false;     // in the report being read
  int slot_ = 0;
  bool dropped_ = false;  // until the next report
};

}  // namespace yijuan::evdev
