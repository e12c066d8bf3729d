#include "ports/driver.hpp"

#include "drivers/evdev/touch_panel.hpp"

namespace yijuan::drivers {
namespace {

// Both ends of an axis, or neither.
std::optional<evdev::AxisRange> read_range(Settings& settings, const char* least_key,
                                           const char* most_key) {
  constexpr std::int64_t kMost = 1'000'000;
  evdev::AxisRange range;
  range.least = static_cast<int>(settings.integer(least_key, -kMost, kMost, 0));
  range.most = static_cast<int>(settings.integer(most_key, -kMost, kMost, 0));
  if (range == evdev::AxisRange{}) return std::nullopt;
  if (range.most <= range.least) settings.fail(most_key, "is not above the axis's other end");
  return range;
}

std::unique_ptr<Touch> make_touch(Settings& settings, DriverContext context, Taps& taps,
                                  DeviceFacts& facts) {
  evdev::PanelSettings read;
  read.path = settings.text("path");
  auto& mapping = read.mapping;
  const int width = context.display_width > 0 ? context.display_width : mapping.width;
  const int height = context.display_height > 0 ? context.display_height : mapping.height;
  mapping.width = static_cast<int>(settings.integer("width", 480, 4096, width));
  mapping.height = static_cast<int>(settings.integer("height", 480, 4096, height));
  mapping.swap_axes = settings.flag("swap_axes", false);
  mapping.flip_x = settings.flag("flip_x", false);
  mapping.flip_y = settings.flag("flip_y", false);
  read.x = read_range(settings, "x_least", "x_most");
  read.y = read_range(settings, "y_least", "y_most");
  return std::make_unique<evdev::TouchPanel>(std::move(read), std::move(context), taps, facts);
}

}  // namespace

extern const Driver evdev;
const Driver evdev = {.name = "evdev",
                      .summary = "touch panels of the Linux input layer, or a pipe of input events",
                      .make_touch = make_touch};

}  // namespace yijuan::drivers
