// A screen's size and what follows from it: the type scale, the grid, the smallest button.
// Everything is in whole pixels.
#pragma once

#include "base/settings.hpp"

namespace yijuan::screen {

struct Geometry {
  int width = 1280;
  int height = 800;
  int dpi = 149;  // 10.1 inches at 1280x800

  [[nodiscard]] bool portrait() const { return height > width; }

  // Type sizes (em), each 1.25 times the one before; caption is 1/44 of the height and nothing is
  // smaller, headline 1/18.
  [[nodiscard]] int caption() const { return step(0); }
  [[nodiscard]] int body() const { return step(1); }
  [[nodiscard]] int lead() const { return step(2); }
  [[nodiscard]] int title() const { return step(3); }
  [[nodiscard]] int headline() const { return step(4); }
  [[nodiscard]] int step(int count) const;
  /// The largest sum: a sixth of the height.
  [[nodiscard]] int hero() const { return height / 6; }

  /// Distances are multiples of this: 8 pixels, or 16 and so on where there are many.
  [[nodiscard]] int grid() const;
  [[nodiscard]] int margin() const;
  /// Stroke of every pictogram.
  [[nodiscard]] int stroke() const;
  /// Side of the smallest button: 20 mm, and never under 44 pixels.
  [[nodiscard]] int button() const;
};

/// Reads width, height and dpi: of [display], or of a file of config/models/box.
Geometry read_geometry(Settings& settings);

}  // namespace yijuan::screen
