#include "drivers/evdev/touch_panel.hpp"

#include <sys/ioctl.h>

#include <algorithm>

#include "async/errc.hpp"
#include "async/task_group.hpp"
#include "base/log.hpp"

namespace yijuan::evdev {
namespace {

using namespace std::chrono_literals;

constexpr auto kFirstWait = std::chrono::nanoseconds(500ms);
constexpr auto kLongestWait = std::chrono::nanoseconds(30s);
constexpr std::string_view kNoun = "touch panel";

std::optional<AxisRange> range_of(int device, unsigned axis) {
  input_absinfo info{};
  if (ioctl(device, EVIOCGABS(axis), &info) < 0 || info.maximum <= info.minimum) return {};
  return AxisRange{info.minimum, info.maximum};
}

std::optional<int> value_of(int device, unsigned axis) {
  input_absinfo info{};
  if (ioctl(device, EVIOCGABS(axis), &info) < 0) return {};
  return info.value;
}

}  // namespace

Mapping TouchPanel::mapping_of(int device) const {
  auto mapping = settings_.mapping;
  const auto choose = [device](const std::optional<AxisRange>& given, unsigned axis,
                               unsigned multitouch, int pixels) {
    if (given) return *given;
    auto range = range_of(device, axis);
    if (!range) range = range_of(device, multitouch);
    return range.value_or(AxisRange{0, pixels - 1});
  };
  const bool swap = mapping.swap_axes;
  mapping.x = choose(settings_.x, ABS_X, ABS_MT_POSITION_X, swap ? mapping.height : mapping.width);
  mapping.y = choose(settings_.y, ABS_Y, ABS_MT_POSITION_Y, swap ? mapping.width : mapping.height);
  return mapping;
}

void TouchPanel::deliver(Tap tap) {
  // A tap that would wait could meet another scene than the finger did.
  if (!taps_.try_push(Tap(tap))) log_warning("touch", "a tap was dropped: too many at once");
}

void TouchPanel::take(const InputEvents& read, TouchDecoder& decoder) {
  for (const input_event& event : read.events) {
    if (const auto tap = decoder.feed(event)) deliver(*tap);
  }
  if (read.garbage) {
    decoder.reset();
    tell_garbage(news_, kNoun, settings_.path);
  } else if (!read.events.empty()) {
    worked_ = true;
    news_.works();
  }
}

Task<void> TouchPanel::read_all(InputDevice& device) {
  TouchDecoder decoder(mapping_of(device.descriptor()));
  decoder.begin_at(value_of(device.descriptor(), ABS_X), value_of(device.descriptor(), ABS_Y));
  while (true) {
    auto read = co_await device.read();
    if (!read) co_return read.error();
    take(*read, decoder);
  }
}

Task<void> TouchPanel::keep_reading() {
  auto wait = kFirstWait;
  while (true) {
    auto device = InputDevice::open(executor_, clock_, settings_.path);
    if (!device) {
      tell_failure(news_, kNoun, device.error());
    } else {
      worked_ = false;
      news_.found((*device)->identity());
      news_.works();
      auto ended = co_await read_all(**device);
      if (ended.error() == AsyncErrc::cancelled) co_return ended;
      tell_failure(news_, kNoun, ended.error());
      if (worked_) wait = kFirstWait;
    }
    auto slept = co_await clock_.sleep_for(wait);
    if (!slept) co_return slept;
    wait = std::min(wait * 2, kLongestWait);
  }
}

Task<void> TouchPanel::run() {
  TaskGroup group(executor_, [](std::string_view name, const Error& error) {
    log_error(name, error.message());
  });
  group.spawn("touch", keep_reading());
  group.spawn("touch's news", news_.run());
  auto joined = co_await group.join();
  co_await group.cancel_and_join();
  co_return joined;
}

}  // namespace yijuan::evdev
