#include "drivers/escpos/fake_paper.hpp"

#include <algorithm>
#include <utility>

namespace yijuan::escpos_fake {
namespace {

constexpr int kColumn = 12;
constexpr int kCharacterHeight = 24;

}  // namespace

void Paper::set(std::string_view utf8, bool wide) {
  const int across = wide ? modes.kanji_width_scale : modes.width_scale;
  const int down = wide ? modes.kanji_height_scale : modes.height_scale;
  const int width = (wide ? 2 : 1) * kColumn * across;
  if (line_width_ + width > dots_) end_line();
  line_.push_back(Glyph{.utf8 = std::string(utf8),
                        .x = line_width_,
                        .y = 0,
                        .width = width,
                        .height = kCharacterHeight * down,
                        .bold = modes.bold});
  line_width_ += width;
}

void Paper::end_line() {
  int height = 0;
  for (const Glyph& glyph : line_) height = std::max(height, glyph.height);
  const int room = std::max(0, dots_ - line_width_);
  const int left = modes.align == 0 ? 0 : modes.align == 1 ? room / 2 : room;
  slip_.text.append(static_cast<std::size_t>(left / kColumn), ' ');
  for (Glyph& glyph : line_) {
    slip_.text += glyph.utf8;
    glyph.x += left;
    glyph.y = slip_.height + height - glyph.height;  // they share a foot line
    slip_.glyphs.push_back(std::move(glyph));
  }
  slip_.text += '\n';
  drop_line();
  advance(std::max(height, modes.line_spacing));
}

void Paper::feed(int dots) {
  if (!line_.empty()) {
    const int spacing = std::exchange(modes.line_spacing, 0);
    end_line();
    modes.line_spacing = spacing;
  }
  advance(dots);
}

void Paper::place(Picture picture, std::string_view name) {
  if (!line_.empty()) end_line();
  const int room = std::max(0, dots_ - picture.width);
  picture.x = modes.align == 0 ? 0 : modes.align == 1 ? room / 2 : room;
  picture.y = slip_.height;
  // Strips of one picture follow one another without a gap.
  const bool continued = !slip_.pictures.empty() && name == "picture" &&
                         slip_.pictures.back().y + slip_.pictures.back().height == slip_.height &&
                         slip_.text.ends_with("[picture]\n");
  if (!continued) slip_.text += "[" + std::string(name) + "]\n";
  const int height = picture.height;
  slip_.pictures.push_back(std::move(picture));
  advance(height);
}

Slip Paper::cut() {
  if (!line_.empty()) end_line();
  return std::exchange(slip_, {});
}

void Paper::advance(int dots) {
  slip_.height += dots;
  fed_ += dots;
}

}  // namespace yijuan::escpos_fake
