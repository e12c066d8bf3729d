// Draws every scene in both languages and both orientations into PNG files, for looking at and for
// the README.
#include <cairo.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>

#include "samples/samples.hpp"
#include "screen/renderer.hpp"
#include "screen/words.hpp"

namespace {

using namespace yijuan;
using namespace yijuan::screen;

bool write(const Frame& frame, const std::filesystem::path& path) {
  auto pixels = std::vector<std::uint32_t>(frame.pixels.begin(), frame.pixels.end());
  cairo_surface_t* const surface = cairo_image_surface_create_for_data(
      reinterpret_cast<unsigned char*>(pixels.data()), CAIRO_FORMAT_ARGB32, frame.width,
      frame.height, frame.width * 4);
  const auto status = cairo_surface_write_to_png(surface, path.c_str());
  cairo_surface_destroy(surface);
  if (status != CAIRO_STATUS_SUCCESS) {
    std::fprintf(stderr, "screens: %s: %s\n", path.c_str(), cairo_status_to_string(status));
  }
  return status == CAIRO_STATUS_SUCCESS;
}

bool draw_all(const Geometry& geometry, Palette palette, const std::filesystem::path& folder,
              const std::string& only) {
  Renderer renderer(geometry, palette);
  for (const auto language : {Language::zh_cn, Language::en}) {
    for (const auto& sample : samples(language)) {
      if (!only.empty() && !sample.name.starts_with(only)) continue;
      renderer.draw(compose(sample.model, geometry, renderer.typesetter(),
                            {.panel = sample.panel, .sum = {}}));
      const auto name = sample.name + (geometry.portrait() ? "-portrait-" : "-landscape-") +
                        std::string(to_text(language)) + ".png";
      if (!write(renderer.frame(), folder / name)) return false;
    }
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Draws every scene of the box's screen into PNG files.");
  std::string folder;
  std::string only;
  bool high_contrast = false;
  app.add_option("folder", folder, "where the files go; made if it is missing")->required();
  app.add_option("--only", only, "only scenes whose name begins so");
  app.add_flag("--high-contrast", high_contrast, "with the high-contrast palette");
  CLI11_PARSE(app, argc, argv);
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  const auto palette = high_contrast ? Palette::high_contrast : Palette::plain;
  const bool drawn = draw_all({1280, 800, 149}, palette, folder, only) &&
                     draw_all({1080, 1920, 141}, palette, folder, only);
  return drawn ? 0 : 1;
}
