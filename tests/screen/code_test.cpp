// The codes on the screen, read back by a scanner that is not ours (zbarimg).
#include <cairo.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>

#include "samples/samples.hpp"
#include "screen/renderer.hpp"
#include "screen/words.hpp"
#include "tests/support/temporary_directory.hpp"

namespace yijuan::screen {
namespace {

std::string scan(const std::string& file) {
  std::string read;
  std::FILE* const pipe = popen(("zbarimg --quiet --raw '" + file + "' 2>/dev/null").c_str(), "r");
  if (pipe == nullptr) return "zbarimg did not start";
  std::array<char, 4096> buffer{};
  while (std::fgets(buffer.data(), buffer.size(), pipe) != nullptr) read += buffer.data();
  pclose(pipe);
  return read;
}

std::string payload_of(const Model& model) {
  if (const auto* idle = std::get_if<Idle>(&model.scene)) {
    return idle->payee ? idle->payee->payload : "";
  }
  if (const auto* thanks = std::get_if<Thanks>(&model.scene)) return thanks->slip_payload;
  if (const auto* out = std::get_if<OutOfService>(&model.scene)) {
    return out->payee ? out->payee->payload : "";
  }
  return "";
}

class CodesOnScreen : public testing::TestWithParam<Palette> {};

TEST_P(CodesOnScreen, AreReadByAScanner) {
  const test::TemporaryDirectory folder;
  for (const auto& geometry : {Geometry{1280, 800, 149}, Geometry{1080, 1920, 141}}) {
    Renderer renderer(geometry, GetParam());
    for (const auto& sample : samples(Language::zh_cn)) {
      const auto payload = payload_of(sample.model);
      if (payload.empty()) continue;
      renderer.draw(compose(sample.model, geometry, renderer.typesetter()));
      const auto frame = renderer.frame();
      const auto file = (folder.path() / (sample.name + ".png")).string();
      std::vector<std::uint32_t> pixels(frame.pixels.begin(), frame.pixels.end());
      cairo_surface_t* const surface = cairo_image_surface_create_for_data(
          reinterpret_cast<unsigned char*>(pixels.data()), CAIRO_FORMAT_ARGB32, frame.width,
          frame.height, frame.width * 4);
      EXPECT_EQ(cairo_surface_write_to_png(surface, file.c_str()), CAIRO_STATUS_SUCCESS);
      cairo_surface_destroy(surface);
      EXPECT_EQ(scan(file), payload + "\n") << sample.name << " " << geometry.width;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Palettes, CodesOnScreen,
                         testing::Values(Palette::plain, Palette::high_contrast));

}  // namespace
}  // namespace yijuan::screen
