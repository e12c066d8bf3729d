// Frame time at 1280x800 against plain Cairo and Pango doing as much in memory, in one interleaved
// run; medians. The goals are of our times themselves.
#include <fmt/format.h>
#include <pango/pangocairo.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <fstream>

#include "samples/samples.hpp"
#include "screen/renderer.hpp"
#include "tools/bench_rows/row.hpp"

namespace {

using namespace yijuan;
using namespace yijuan::screen;
using bench::median;
using bench::milliseconds;

constexpr Geometry kGeometry{1280, 800, 149};

// The reference: texts, fills and a code's worth of rectangles, drawn without a scene.
class PlainCairo {
 public:
  PlainCairo()
      : surface_(cairo_image_surface_create(CAIRO_FORMAT_ARGB32, 1280, 800)),
        cairo_(cairo_create(surface_)) {
    for (int i = 0; i < 10; ++i) lines_.push_back(layout("本箱已收到 1,286 笔捐赠", 20 + 8 * i));
  }
  PlainCairo(const PlainCairo&) = delete;
  PlainCairo& operator=(const PlainCairo&) = delete;
  ~PlainCairo() {
    for (auto* line : lines_) g_object_unref(line);
    cairo_destroy(cairo_);
    cairo_surface_destroy(surface_);
  }

  void full() {
    cairo_set_source_rgb(cairo_, 1, 1, 0.9);
    cairo_paint(cairo_);
    for (int i = 0; i < 8; ++i) rectangle(780, 20 + 90 * i, 460, 80);
    cairo_set_source_rgb(cairo_, 0, 0, 0);
    for (int y = 0; y < 41; ++y) {
      for (int x = y % 2; x < 41; x += 3) cairo_rectangle(cairo_, 800 + x * 5, 300 + y * 5, 10, 5);
    }
    cairo_fill(cairo_);
    int y = 10;
    for (auto* line : lines_) {
      cairo_move_to(cairo_, 40, y);
      pango_cairo_show_layout(cairo_, line);
      y += 70;
    }
    cairo_surface_flush(surface_);
  }

  void line(int number) {
    auto* const text = layout(fmt::format("￥{}.00", number).c_str(), 100);
    rectangle(40, 300, 640, 130);
    cairo_set_source_rgb(cairo_, 0, 0, 0);
    cairo_move_to(cairo_, 40, 300);
    pango_cairo_show_layout(cairo_, text);
    cairo_surface_flush(surface_);
    g_object_unref(text);
  }

 private:
  void rectangle(int x, int y, int width, int height) {
    cairo_set_source_rgb(cairo_, 0.9, 0.9, 0.8);
    cairo_rectangle(cairo_, x, y, width, height);
    cairo_fill(cairo_);
  }
  PangoLayout* layout(const char* text, int size) {
    PangoLayout* const made = pango_cairo_create_layout(cairo_);
    auto* const font = pango_font_description_from_string("Noto Sans CJK SC Bold");
    pango_font_description_set_absolute_size(font, size * PANGO_SCALE);
    pango_layout_set_font_description(made, font);
    pango_font_description_free(font);
    pango_layout_set_text(made, text, -1);
    return made;
  }

  cairo_surface_t* surface_;
  cairo_t* cairo_;
  std::vector<PangoLayout*> lines_;
};

Scene counting(Renderer& renderer, int number) {
  Model model;
  model.scene = Counting{tlog::Activity::one_day, yuan(number), yuan(2000), "统筹使用"};
  return compose(model, kGeometry, renderer.typesetter());
}

// The idle scene with everything in it, laid out and drawn from scratch.
void bench_full(Renderer& renderer, PlainCairo& plain, int rounds) {
  const auto model = samples(Language::zh_cn).front().model;
  std::vector<double> ours;
  std::vector<double> reference;
  for (int i = 0; i < rounds; ++i) {
    ours.push_back(milliseconds([&] {
      renderer.forget();
      renderer.draw(compose(model, kGeometry, renderer.typesetter()));
    }));
    reference.push_back(milliseconds([&] { plain.full(); }));
  }
  bench::absolute_row("frame 1280x800, full (plain Cairo)", median(ours), median(reference), "ms",
                      bench::at_most(3.0));
}

// A coin more: the sum and its bar change.
void bench_line(Renderer& renderer, PlainCairo& plain, int rounds) {
  renderer.draw(counting(renderer, 1000));
  std::vector<double> ours;
  std::vector<double> reference;
  for (int i = 0; i < rounds; ++i) {
    const int number = 1001 + i;
    ours.push_back(milliseconds([&] { renderer.draw(counting(renderer, number)); }));
    reference.push_back(milliseconds([&] { plain.line(number); }));
  }
  bench::absolute_row("frame 1280x800, a changed line (plain Cairo)", median(ours),
                      median(reference), "ms", bench::at_most(0.5));
}

// Proportional set size of this process, in MB.
double resident() {
  std::ifstream smaps("/proc/self/smaps_rollup");
  for (std::string line; std::getline(smaps, line);) {
    if (line.starts_with("Pss:")) return std::stod(line.substr(4)) / 1024.0;
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Frame times of the box's screen, and what it keeps in memory.");
  int rounds = 200;
  app.add_option("--rounds", rounds, "frames of each kind")->check(CLI::Range(5, 100'000));
  CLI11_PARSE(app, argc, argv);
  const double before = resident();
  Renderer renderer(kGeometry);
  for (const auto& sample : samples(Language::zh_cn)) {
    renderer.draw(compose(sample.model, kGeometry, renderer.typesetter()));
  }
  const double after = resident() - before - 4.1;
  PlainCairo plain;
  bench_full(renderer, plain, rounds);
  bench_line(renderer, plain, rounds);
  bench::plain_row("screen: PSS after every scene, frame buffer apart", after, "MB",
                   bench::at_most(40));
}
