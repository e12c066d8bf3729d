// For a technician: eight colours, eleven greys, a grid with a frame on the outermost pixels, a
// code to be scanned from the screen, and a cross where a finger was felt.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "screen/composer.hpp"

namespace yijuan::screen {
namespace {

constexpr std::array<std::uint32_t, 8> kBars = {0xFFFFFF, 0xFFFF00, 0x00FFFF, 0x00FF00,
                                                0xFF00FF, 0xFF0000, 0x0000FF, 0x000000};
constexpr int kGreys = 11;
constexpr int kCells = 12;
constexpr int kCross = 30;

void bars(Composer& pen, Rect area) {
  const int count = static_cast<int>(kBars.size());
  for (int i = 0; i < count; ++i) {
    const int from = area.x + area.width * i / count;
    const int to = area.x + area.width * (i + 1) / count;
    pen.swatch({from, area.y, to - from, area.height}, kBars[static_cast<std::size_t>(i)]);
  }
}

void greys(Composer& pen, Rect area) {
  for (int i = 0; i < kGreys; ++i) {
    const int from = area.x + area.width * i / kGreys;
    const int to = area.x + area.width * (i + 1) / kGreys;
    const auto level = static_cast<std::uint32_t>(255 * i / (kGreys - 1));
    pen.swatch({from, area.y, to - from, area.height}, level << 16 | level << 8 | level);
  }
}

// Squares: a picture that is stretched shows oblongs.
void grid(Composer& pen) {
  const int width = pen.geometry.width;
  const int height = pen.geometry.height;
  const int cell = std::min(width, height) / kCells;
  for (int x = cell; x < width; x += cell) pen.fill({x, 0, 1, height}, Colour::stone);
  for (int y = cell; y < height; y += cell) pen.fill({0, y, width, 1}, Colour::stone);
  pen.swatch({0, 0, width, 1}, 0xFF0000);
  pen.swatch({0, height - 1, width, 1}, 0xFF0000);
  pen.swatch({0, 0, 1, height}, 0xFF0000);
  pen.swatch({width - 1, 0, 1, height}, 0xFF0000);
}

}  // namespace

void compose_test_card(Composer& pen, const TestCard& card) {
  const auto& geometry = pen.geometry;
  const int margin = geometry.margin();
  const int wide = geometry.width - 2 * margin;
  grid(pen);
  const int bar = geometry.height / 6;
  bars(pen, {margin, margin, wide, bar});
  greys(pen, {margin, margin + bar, wide, bar / 2});
  const int top = margin + bar * 3 / 2 + geometry.grid() * 2;
  const int side = std::min(wide, geometry.height) * 2 / 5;
  const std::string size = fmt::format("{}x{}", geometry.width, geometry.height);
  const int code = pen.qr(margin, top, side, "YIJUAN-TEST " + size);
  Column text{margin, top + code + geometry.grid(), wide, geometry.height - margin};
  if (!geometry.portrait()) {
    text = {margin + code + 2 * geometry.grid(), top, wide - code - 2 * geometry.grid(),
            geometry.height - margin};
  }
  // On a plain ground: the grid's lines would cross the letters.
  const auto hint = pen.words.fill("test_card.hint", {{"width", std::to_string(geometry.width)},
                                                      {"height", std::to_string(geometry.height)}});
  const auto title = Composer::bold(geometry.headline());
  const auto body = Composer::plain(geometry.body());
  const int height = pen.measure(pen.words["test_card.title"], title, text.width).height +
                     pen.measure(hint, body, text.width).height;
  pen.fill(text.rect(height), Colour::paper);
  pen.put(text, pen.words["test_card.title"], title, Colour::ink);
  pen.put(text, hint, body, Colour::ink);
  for (const TestCard::Point& at : card.touches) {
    pen.swatch({at.x - kCross, at.y - 1, 2 * kCross, 3}, 0xFF0000);
    pen.swatch({at.x - 1, at.y - kCross, 3, 2 * kCross}, 0xFF0000);
  }
}

}  // namespace yijuan::screen
