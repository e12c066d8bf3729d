#include "drivers/evdev/touch_decoder.hpp"

#include <algorithm>
#include <cstdint>

namespace yijuan::evdev {
namespace {

int scale(int value, AxisRange range, int pixels) {
  const auto span = std::int64_t{range.most} - range.least + 1;
  const auto scaled = (std::int64_t{value} - range.least) * pixels / span;
  return static_cast<int>(std::clamp<std::int64_t>(scaled, 0, pixels - 1));
}

}  // namespace

void TouchDecoder::reset() {
  x_.reset();
  y_.reset();
  down_ = now_down_ = dropped_ = false;
  slot_ = 0;
}

void TouchDecoder::begin_at(std::optional<int> x, std::optional<int> y) {
  if (x) take_axis(ABS_X, *x);
  if (y) take_axis(ABS_Y, *y);
}

void TouchDecoder::take_axis(int code, int value) {
  const bool horizontal = code == ABS_X || code == ABS_MT_POSITION_X;
  const auto& range = horizontal ? mapping_.x : mapping_.y;
  auto& place = horizontal ? x_ : y_;
  place.reset();  // a value out of range is no place, and neither is the one before it
  if (value >= range.least && value <= range.most) place = value;
}

Tap TouchDecoder::place() const {
  const int across = mapping_.swap_axes ? mapping_.height : mapping_.width;
  const int along = mapping_.swap_axes ? mapping_.width : mapping_.height;
  Tap tap{scale(*x_, mapping_.x, across), scale(*y_, mapping_.y, along)};
  if (mapping_.swap_axes) std::swap(tap.x, tap.y);
  if (mapping_.flip_x) tap.x = mapping_.width - 1 - tap.x;
  if (mapping_.flip_y) tap.y = mapping_.height - 1 - tap.y;
  return tap;
}

// The end of one report: what happened since the last.
std::optional<Tap> TouchDecoder::report() {
  if (dropped_) {
    reset();
    return std::nullopt;
  }
  const bool lifted = down_ && !now_down_;
  down_ = now_down_;
  // The place stays: the kernel tells an axis only when it changes, also from one touch to the
  // next.
  if (!lifted || !x_ || !y_) return std::nullopt;
  return place();
}

std::optional<Tap> TouchDecoder::feed(const input_event& event) {
  if (event.type == EV_SYN) {
    if (event.code == SYN_REPORT) return report();
    if (event.code == SYN_DROPPED) dropped_ = true;
    return std::nullopt;
  }
  if (event.type == EV_KEY && event.code == BTN_TOUCH) now_down_ = event.value != 0;
  if (event.type != EV_ABS) return std::nullopt;
  switch (event.code) {
    case ABS_MT_SLOT:
      slot_ = event.value;
      break;
    case ABS_MT_TRACKING_ID:
      if (slot_ == 0) now_down_ = event.value >= 0;
      break;
    case ABS_MT_POSITION_X:
    case ABS_MT_POSITION_Y:
      if (slot_ == 0) take_axis(event.code, event.value);
      break;
    case ABS_X:
    case ABS_Y:
      take_axis(event.code, event.value);
      break;
    default:
      break;
  }
  return std::nullopt;
}

}  // namespace yijuan::evdev
