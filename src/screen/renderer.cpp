#include "screen/renderer.hpp"

#include <cairo.h>

#include <algorithm>

#include "base/assert.hpp"
#include "screen/pango_typesetter.hpp"
#include "screen/pictograms.hpp"

namespace yijuan::screen {
namespace {

bool empty(const Rect& area) {
  return area.width <= 0 || area.height <= 0;
}

Rect unite(const Rect& a, const Rect& b) {
  if (empty(a)) return b;
  if (empty(b)) return a;
  const int x = std::min(a.x, b.x);
  const int y = std::min(a.y, b.y);
  return {x, y, std::max(a.x + a.width, b.x + b.width) - x,
          std::max(a.y + a.height, b.y + b.height) - y};
}

Rect intersect(const Rect& a, const Rect& b) {
  const int x = std::max(a.x, b.x);
  const int y = std::max(a.y, b.y);
  return {x, y, std::min(a.x + a.width, b.x + b.width) - x,
          std::min(a.y + a.height, b.y + b.height) - y};
}

// Where an item may leave ink: glyphs reach out of their line box.
Rect ink_of(const DrawItem& item) {
  Rect area = area_of(item);
  if (const auto* text = std::get_if<TextItem>(&item)) {
    const int reach = text->style.size / 4 + 1;
    area = {area.x - reach, area.y - reach, area.width + 2 * reach, area.height + 2 * reach};
  }
  return area;
}

// The area in which two lists differ. Items keep their order, so a plain search will do.
Rect difference(const std::vector<DrawItem>& before, const std::vector<DrawItem>& after) {
  Rect changed;
  const auto add_missing = [&changed](const auto& from, const auto& in) {
    for (const auto& item : from) {
      if (std::ranges::find(in, item) == in.end()) changed = unite(changed, ink_of(item));
    }
  };
  add_missing(before, after);
  add_missing(after, before);
  return changed;
}

}  // namespace

struct Renderer::State {
  Geometry geometry;
  Palette palette;
  PangoTypesetter typesetter;
  std::vector<std::uint32_t> pixels;
  std::vector<DrawItem> shown;  // what `pixels` holds
  cairo_surface_t* surface = nullptr;
  cairo_t* cairo = nullptr;
  // A cross-fade: its area, and the pixels at its ends.
  Rect fading;
  std::vector<std::uint32_t> from, to;

  State(Geometry size, Palette colours);
  ~State();
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  [[nodiscard]] Rect whole() const { return {0, 0, geometry.width, geometry.height}; }
  void set(Colour colour) const;
  void paint(const Rect& area);
  void operator()(const FillItem& item) const;
  void operator()(const SwatchItem& item) const;
  void operator()(const OutlineItem& item) const;
  void operator()(const TextItem& item);
  void operator()(const PictogramItem& item) const;
  void operator()(const QrItem& item) const;
  void copy(const Rect& area, std::vector<std::uint32_t>& out) const;
};

Renderer::State::State(Geometry size, Palette colours)
    : geometry(size),
      palette(colours),
      pixels(static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height)) {
  surface = cairo_image_surface_create_for_data(reinterpret_cast<unsigned char*>(pixels.data()),
                                                CAIRO_FORMAT_ARGB32, size.width, size.height,
                                                size.width * 4);
  cairo = cairo_create(surface);
  YIJUAN_ASSERT(cairo_status(cairo) == CAIRO_STATUS_SUCCESS, "no surface to draw on");
}

Renderer::State::~State() {
  cairo_destroy(cairo);
  cairo_surface_destroy(surface);
}

void Renderer::State::set(Colour colour) const {
  const auto value = rgb(colour, palette);
  cairo_set_source_rgb(cairo, ((value >> 16) & 0xFF) / 255.0, ((value >> 8) & 0xFF) / 255.0,
                       (value & 0xFF) / 255.0);
}

void Renderer::State::operator()(const SwatchItem& item) const {
  cairo_set_source_rgb(cairo, ((item.rgb >> 16) & 0xFF) / 255.0, ((item.rgb >> 8) & 0xFF) / 255.0,
                       (item.rgb & 0xFF) / 255.0);
  cairo_rectangle(cairo, item.area.x, item.area.y, item.area.width, item.area.height);
  cairo_fill(cairo);
}

void Renderer::State::operator()(const FillItem& item) const {
  set(item.colour);
  const auto& area = item.area;
  if (item.radius == 0) {
    cairo_rectangle(cairo, area.x, area.y, area.width, area.height);
  } else {
    round_rectangle(cairo, area.x, area.y, area.width, area.height, item.radius);
  }
  cairo_fill(cairo);
}

void Renderer::State::operator()(const OutlineItem& item) const {
  set(item.colour);
  cairo_set_line_width(cairo, item.stroke);
  const double half = item.stroke / 2.0;
  round_rectangle(cairo, item.area.x + half, item.area.y + half, item.area.width - item.stroke,
                  item.area.height - item.stroke, item.radius);
  cairo_stroke(cairo);
}

void Renderer::State::operator()(const TextItem& item) {
  typesetter.draw(cairo, item, palette);
}

void Renderer::State::operator()(const PictogramItem& item) const {
  set(item.colour);
  draw_pictogram(cairo, item);
}

void Renderer::State::operator()(const QrItem& item) const {
  set(Colour::black);
  const auto& code = *item.code;
  // A run of black modules in a row is one rectangle, on whole pixels: sharp edges.
  for (int y = 0; y < code.size; ++y) {
    for (int x = 0; x < code.size;) {
      int end = x;
      while (end < code.size && code.black(end, y)) ++end;
      if (end > x) {
        cairo_rectangle(cairo, item.area.x + x * item.module, item.area.y + y * item.module,
                        (end - x) * item.module, item.module);
      }
      x = std::max(end, x + 1);
    }
  }
  cairo_fill(cairo);
}

void Renderer::State::paint(const Rect& area) {
  cairo_save(cairo);
  cairo_rectangle(cairo, area.x, area.y, area.width, area.height);
  cairo_clip(cairo);
  for (const auto& item : shown) {
    if (!empty(intersect(ink_of(item), area))) std::visit(*this, item);
  }
  cairo_restore(cairo);
  cairo_surface_flush(surface);
}

void Renderer::State::copy(const Rect& area, std::vector<std::uint32_t>& out) const {
  out.clear();
  for (int y = area.y; y < area.y + area.height; ++y) {
    const auto* row = pixels.data() + static_cast<std::ptrdiff_t>(y) * geometry.width + area.x;
    out.insert(out.end(), row, row + area.width);
  }
}

Renderer::Renderer(Geometry geometry, Palette palette)
    : state_(std::make_unique<State>(geometry, palette)) {}
Renderer::~Renderer() = default;

const Geometry& Renderer::geometry() const {
  return state_->geometry;
}
Typesetter& Renderer::typesetter() {
  return state_->typesetter;
}

Rect Renderer::draw(const Scene& scene) {
  auto changed = state_->shown.empty() ? state_->whole() : difference(state_->shown, scene.items);
  changed = intersect(unite(changed, state_->fading), state_->whole());
  state_->fading = {};
  state_->shown = scene.items;
  if (empty(changed)) return {};
  state_->paint(changed);
  return changed;
}

void Renderer::forget() {
  state_->shown.clear();
  state_->fading = {};
}

Rect Renderer::begin_fade(const Scene& scene, Rect area) {
  area = intersect(area, state_->whole());
  state_->copy(area, state_->from);
  const auto changed = draw(scene);
  if (empty(area)) return changed;
  state_->copy(area, state_->to);
  state_->fading = area;
  fade(0);
  return unite(changed, area);
}

void Renderer::fade(int part) {
  const auto& area = state_->fading;
  if (empty(area)) return;
  const auto to = static_cast<std::uint32_t>(std::clamp(part, 0, 256));
  const std::uint32_t from = 256 - to;
  const std::uint32_t* a = state_->from.data();
  const std::uint32_t* b = state_->to.data();
  for (int y = area.y; y < area.y + area.height; ++y) {
    auto* row =
        state_->pixels.data() + static_cast<std::ptrdiff_t>(y) * state_->geometry.width + area.x;
    // Two channels at a time: 8 bits each with 8 bits of room above.
    for (int x = 0; x < area.width; ++x, ++a, ++b) {
      const auto low = ((*a & 0xFF00FF) * from + (*b & 0xFF00FF) * to) >> 8;
      const auto high = ((*a >> 8) & 0xFF00FF) * from + ((*b >> 8) & 0xFF00FF) * to;
      row[x] = (low & 0xFF00FF) | (high & 0xFF00FF00);
    }
  }
  cairo_surface_mark_dirty_rectangle(state_->surface, area.x, area.y, area.width, area.height);
  if (part >= 256) state_->fading = {};
}

Frame Renderer::frame() const {
  return {state_->geometry.width, state_->geometry.height, state_->pixels};
}

}  // namespace yijuan::screen
