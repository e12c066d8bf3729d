#include "drivers/escpos/fake_slip.hpp"

namespace yijuan::escpos_fake {

std::string to_pgm(const Slip& slip, int width, int scale) {
  const int columns = width * scale;
  const int rows = slip.height * scale;
  std::string pixels(static_cast<std::size_t>(columns) * static_cast<std::size_t>(rows), '\xFF');
  for (const Picture& picture : slip.pictures) {
    for (int y = 0; y < picture.height * scale; ++y) {
      for (int x = 0; x < picture.width * scale; ++x) {
        const int px = picture.x * scale + x;
        const int py = picture.y * scale + y;
        const auto dot = static_cast<std::size_t>(y / scale * picture.width + x / scale);
        if (px < columns && py < rows && picture.dots[dot] != 0) {
          pixels[static_cast<std::size_t>(py) * static_cast<std::size_t>(columns) +
                 static_cast<std::size_t>(px)] = '\0';
        }
      }
    }
  }
  return "P5\n" + std::to_string(columns) + " " + std::to_string(rows) + "\n255\n" + pixels;
}

}  // namespace yijuan::escpos_fake
