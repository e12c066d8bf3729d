// A surface of pixels.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/result.hpp"

namespace yijuan {

/// A finished picture: 32 bits a pixel, 0xAARRGGBB, `width` * `height`, rows without padding.
struct Frame {
  int width = 0;
  int height = 0;
  std::span<const std::uint32_t> pixels;
};

/// The part of a frame that differs from the last one presented.
struct Rect {
  int x = 0, y = 0, width = 0, height = 0;
  friend bool operator==(const Rect&, const Rect&) = default;
};

class Display {
 public:
  virtual ~Display() = default;

  [[nodiscard]] virtual int width() const = 0;
  [[nodiscard]] virtual int height() const = 0;
  /// Shows `frame`, of the display's size. `scene` names it, for displays that keep pictures.
  virtual Result<void> present(Frame frame, Rect changed, std::string_view scene) = 0;
};

}  // namespace yijuan
