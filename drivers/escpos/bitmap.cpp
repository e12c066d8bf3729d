#include "drivers/escpos/bitmap.hpp"

#include <algorithm>
#include <cmath>

namespace yijuan::escpos {
namespace {

// Whether the middle of dot (x, y) lies in the rounded rectangle at (0, 0).
bool in_rounded(double x, double y, double width, double height, double radius) {
  if (x < 0 || y < 0 || x > width || y > height) return false;
  const double dx = std::max({radius - x, x - (width - radius), 0.0});
  const double dy = std::max({radius - y, y - (height - radius), 0.0});
  return dx * dx + dy * dy <= radius * radius;
}

}  // namespace

void Bitmap::fill(int x, int y, int width, int height) {
  for (int j = y; j < y + height; ++j) {
    for (int i = x; i < x + width; ++i) blacken(i, j);
  }
}

void Bitmap::break_real_time_commands() {
  for (std::size_t i = 0; i + 1 < bytes_.size(); ++i) {
    const std::uint8_t next = bytes_[i + 1];
    if (bytes_[i] == 0x10 && (next == 0x04 || next == 0x05 || next == 0x14)) bytes_[i] = 0x18;
  }
}

Bitmap draw_mark(int side, int left) {
  Bitmap mark(left + side, side);
  const double slot_width = side * 0.62;
  const double slot_height = side * 0.15;
  const double slot_x = (side - slot_width) / 2;
  const double slot_y = side * 0.44 - slot_height / 2;
  for (int y = 0; y < side; ++y) {
    for (int x = 0; x < side; ++x) {
      const double cx = x + 0.5;
      const double cy = y + 0.5;
      if (in_rounded(cx, cy, side, side, side * 0.22) &&
          !in_rounded(cx - slot_x, cy - slot_y, slot_width, slot_height, slot_height / 2)) {
        mark.blacken(left + x, y);
      }
    }
  }
  mark.break_real_time_commands();
  return mark;
}

int module_dots(int modules, int width) {
  const int dots = width / (modules + 2 * kQrQuietZone);
  return dots < kSmallestModule ? 0 : std::min(dots, kLargestModule);
}

Bitmap draw_qr(const QrCode& code, int module, int left) {
  const int side = (code.size + 2 * kQrQuietZone) * module;
  Bitmap picture(left + side, side);
  for (int y = 0; y < code.size; ++y) {
    for (int x = 0; x < code.size; ++x) {
      if (!code.black(x, y)) continue;
      picture.fill(left + (x + kQrQuietZone) * module, (y + kQrQuietZone) * module, module, module);
    }
  }
  picture.break_real_time_commands();
  return picture;
}

}  // namespace yijuan::escpos
