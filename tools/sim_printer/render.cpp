#include "sim_printer/render.hpp"

#include <cairo.h>
#include <pango/pangocairo.h>

#include <memory>

namespace yijuan::sim_printer {
namespace {

constexpr int kHead = 48;         // paper above the first line
constexpr int kFoot = 72;         // paper below the last line: what the cutter leaves
constexpr int kSmallMargin = 40;  // 58 mm paper has 464 dots, 384 of them printed
constexpr int kLargeMargin = 32;  // 80 mm: 640 and 576
constexpr int kSmallDots = 384;
constexpr int kCell = 24;           // of a hanzi at single size
constexpr double kBaseline = 0.88;  // of the cell, from its top
constexpr double kPaper[] = {0.988, 0.984, 0.972};
constexpr double kInk[] = {0.13, 0.12, 0.14};

struct Free {
  void operator()(cairo_surface_t* p) const { cairo_surface_destroy(p); }
  void operator()(cairo_t* p) const { cairo_destroy(p); }
  void operator()(PangoLayout* p) const { g_object_unref(p); }
  void operator()(PangoFontDescription* p) const { pango_font_description_free(p); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

class Sheet {
 public:
  Sheet(int width, int height)
      : surface_(cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height)),
        cairo_(cairo_create(surface_.get())),
        layout_(pango_cairo_create_layout(cairo_.get())) {
    const Owned<PangoFontDescription> font(
        pango_font_description_from_string("Noto Sans Mono CJK SC, WenQuanYi Micro Hei Mono"));
    pango_font_description_set_absolute_size(font.get(), kCell * PANGO_SCALE);
    pango_layout_set_font_description(layout_.get(), font.get());
    cairo_set_source_rgb(cairo_.get(), kPaper[0], kPaper[1], kPaper[2]);
    cairo_paint(cairo_.get());
    cairo_set_source_rgb(cairo_.get(), kInk[0], kInk[1], kInk[2]);
  }

  void move_to(int x, int y) { cairo_translate(cairo_.get(), x, y); }

  void draw(const escpos_fake::Picture& picture) {
    for (int y = 0; y < picture.height; ++y) {
      for (int x = 0; x < picture.width; ++x) {
        const auto dot = static_cast<std::size_t>(y * picture.width + x);
        if (picture.dots[dot] != 0)
          cairo_rectangle(cairo_.get(), picture.x + x, picture.y + y, 1, 1);
      }
      cairo_fill(cairo_.get());
    }
  }

  void draw(const escpos_fake::Glyph& glyph) {
    pango_layout_set_text(layout_.get(), glyph.utf8.c_str(), -1);
    PangoRectangle extents{};
    pango_layout_get_extents(layout_.get(), nullptr, &extents);
    const bool wide = static_cast<unsigned char>(glyph.utf8.front()) >= 0x80;
    const double cell = wide ? kCell : kCell / 2.0;
    const double left = (cell - static_cast<double>(extents.width) / PANGO_SCALE) / 2;
    const double baseline =
        static_cast<double>(pango_layout_get_baseline(layout_.get())) / PANGO_SCALE;
    cairo_save(cairo_.get());
    cairo_translate(cairo_.get(), glyph.x, glyph.y);
    cairo_scale(cairo_.get(), glyph.width / cell, static_cast<double>(glyph.height) / kCell);
    // Emphasis is a second strike, one dot to the right.
    const int strikes = glyph.bold ? 2 : 1;
    for (int strike = 0; strike < strikes; ++strike) {
      cairo_move_to(cairo_.get(), left + strike * cell / glyph.width, kCell * kBaseline - baseline);
      pango_cairo_show_layout(cairo_.get(), layout_.get());
    }
    cairo_restore(cairo_.get());
  }

  cairo_status_t write(const std::filesystem::path& path) {
    return cairo_surface_write_to_png(surface_.get(), path.c_str());
  }

 private:
  Owned<cairo_surface_t> surface_;
  Owned<cairo_t> cairo_;
  Owned<PangoLayout> layout_;
};

}  // namespace

bool write_png(const escpos_fake::Slip& slip, int dots, const std::filesystem::path& path,
               std::string& why) {
  const int margin = dots == kSmallDots ? kSmallMargin : kLargeMargin;
  Sheet sheet(dots + 2 * margin, kHead + slip.height + kFoot);
  sheet.move_to(margin, kHead);
  for (const auto& picture : slip.pictures) sheet.draw(picture);
  for (const auto& glyph : slip.glyphs) sheet.draw(glyph);
  const cairo_status_t status = sheet.write(path);
  why = cairo_status_to_string(status);
  return status == CAIRO_STATUS_SUCCESS;
}

}  // namespace yijuan::sim_printer
