#include "ports/driver.hpp"

#include "drivers/png/png_display.hpp"

namespace yijuan::drivers {
namespace {

// NOLINTNEXTLINE(performance-unnecessary-value-param): the signature of every maker
std::unique_ptr<Display> make_display(Settings& settings, DriverContext /*context*/) {
  png::PngSettings read;
  read.path = settings.text("path");
  if (read.path.empty()) settings.fail("path", "is the folder of the pictures, not empty");
  read.width = static_cast<int>(settings.integer("width", 480, 4096, read.width));
  read.height = static_cast<int>(settings.integer("height", 480, 4096, read.height));
  read.keep = static_cast<std::size_t>(settings.integer("keep", 0, 1'000'000, 500));
  return std::make_unique<png::PngDisplay>(std::move(read));
}

}  // namespace

extern const Driver png;
const Driver png = {.name = "png",
                    .summary = "display: every picture as a PNG file in a folder",
                    .make_display = make_display};

}  // namespace yijuan::drivers
