#include "screen/geometry.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace yijuan::screen {
namespace {

// 1000 * 1.25^n. The smallest, 1/43.9 of the height, is just so that the fifth is over 1/18.
constexpr std::array<int, 9> kScale = {1000, 1250, 1563, 1953, 2442, 3052, 3815, 4769, 5961};

}  // namespace

int Geometry::step(int count) const {
  const auto index = static_cast<std::size_t>(std::clamp(count, 0, int{kScale.size()} - 1));
  // Rounded up: 1/45 and 1/18 are lower bounds.
  return std::max(14, (height * kScale[index] + 43'899) / 43'900);
}

int Geometry::grid() const {
  return std::max(8, height / (portrait() ? 120 : 100) / 8 * 8);
}

int Geometry::stroke() const {
  return std::max(3, height / (portrait() ? 240 : 180));
}

int Geometry::margin() const {
  return std::max(16, (portrait() ? width / 20 : width / 26) / 8 * 8);
}

int Geometry::button() const {
  return std::max(44, (dpi * 20 * 10 + 253) / 254);
}

Geometry read_geometry(Settings& settings) {
  Geometry geometry;
  geometry.width = static_cast<int>(settings.integer("width", 480, 4096, geometry.width));
  geometry.height = static_cast<int>(settings.integer("height", 480, 4096, geometry.height));
  geometry.dpi = static_cast<int>(settings.integer("dpi", 60, 400, geometry.dpi));
  return geometry;
}

}  // namespace yijuan::screen
