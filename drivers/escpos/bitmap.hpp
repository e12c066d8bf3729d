// Pictures of one bit a dot, as GS v 0 takes them: rows of whole bytes, the left dot in the high
// bit, 1 is black. The mark and QR codes are drawn here. Pure.
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.hpp"
#include "base/qr_code.hpp"

namespace yijuan::escpos {

class Bitmap {
 public:
  Bitmap(int width, int height)
      : row_bytes_((width + 7) / 8),
        height_(height),
        bytes_(static_cast<std::size_t>(row_bytes_) * static_cast<std::size_t>(height)) {}

  [[nodiscard]] int row_bytes() const { return row_bytes_; }
  [[nodiscard]] int height() const { return height_; }
  [[nodiscard]] BytesView row(int y) const {
    return BytesView(bytes_).subspan(offset(y), static_cast<std::size_t>(row_bytes_));
  }
  void blacken(int x, int y) {
    bytes_[offset(y) + static_cast<std::size_t>(x / 8)] |= static_cast<std::uint8_t>(0x80 >> x % 8);
  }
  /// Blackens a filled rectangle.
  void fill(int x, int y, int width, int height);
  /// Changes the bytes 10 04, 10 05 and 10 14 wherever they follow one another, by blackening one
  /// more dot. Inside a picture too a printer acts on them at once, and 10 14 fires the drawer
  /// pulse: it would open a lock that is wired to it.
  void break_real_time_commands();

 private:
  [[nodiscard]] std::size_t offset(int y) const {
    return static_cast<std::size_t>(y) * static_cast<std::size_t>(row_bytes_);
  }

  int row_bytes_;
  int height_;
  Bytes bytes_;
};

/// The mark, `side` dots square and `left` dots from the left: a rounded square with a slot in it,
/// slightly above the middle.
Bitmap draw_mark(int side, int left);

/// Dots a module for a code of `modules` a side, its quiet zone and `width` dots of paper: the
/// largest that fits, at most kLargestModule; 0 if not even kSmallestModule does.
int module_dots(int modules, int width);
inline constexpr int kSmallestModule = 3;  // 0.375 mm: less smears on thermal paper
inline constexpr int kLargestModule = 6;   // 0.75 mm: more costs paper and reads no better

/// `code` with its quiet zone, `module` dots a module, `left` dots from the left.
Bitmap draw_qr(const QrCode& code, int module, int left);

}  // namespace yijuan::escpos
