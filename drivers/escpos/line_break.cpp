#include "drivers/escpos/line_break.hpp"

#include <algorithm>

#include "base/assert.hpp"
#include "drivers/escpos/glyph.hpp"

namespace yijuan::escpos {
namespace {

constexpr std::u32string_view kNeverFirst =
    U"，。、；：！？”’〉》】）」』〕…—·％℃,.!?:;)]}%>";  // and 元, 角, 分
constexpr std::u32string_view kNeverLast = U"“‘〈《【（「『〔￥¥([{<";

// Most characters of a slip are hanzi, digits and letters: they are not looked for in the lists.
bool is_hanzi(char32_t code) {
  return code >= 0x4E00 && code <= 0x9FFF;
}

bool is_letter_or_digit(char32_t code) {
  return (code >= '0' && code <= '9') || (code >= 'A' && code <= 'Z') ||
         (code >= 'a' && code <= 'z');
}

bool is_never_first(char32_t code) {
  if (is_hanzi(code)) return code == U'元' || code == U'角' || code == U'分';
  return !is_letter_or_digit(code) && kNeverFirst.contains(code);
}

bool is_never_last(char32_t code) {
  return !is_hanzi(code) && !is_letter_or_digit(code) && kNeverLast.contains(code);
}

bool is_latin(const Glyph& glyph) {
  return glyph.columns == 1 && glyph.code != ' ';
}

// Whether a line may end after `before` and the next begin with `after`.
bool may_break(const Glyph& before, const Glyph& after) {
  if (before.code == ' ') return true;
  if (after.code == ' ') return false;  // the break comes after the spaces, which are dropped
  if (is_never_last(before.code) || is_never_first(after.code)) return false;
  return !(is_latin(before) && is_latin(after));
}

std::string to_line(const std::vector<Glyph>& glyphs, std::size_t begin, std::size_t end) {
  while (end > begin && glyphs[end - 1].code == ' ') --end;
  std::string line;
  for (std::size_t i = begin; i < end; ++i) line += glyphs[i].utf8;
  return line;
}

}  // namespace

std::vector<std::string> break_lines(std::string_view text, int columns) {
  YIJUAN_ASSERT(columns >= 4, "a line must hold two Chinese characters");
  const std::vector<Glyph> glyphs = to_glyphs(text);
  std::vector<std::string> lines;
  std::size_t begin = 0;
  while (begin < glyphs.size() && glyphs[begin].code == ' ') ++begin;
  while (begin < glyphs.size()) {
    std::size_t fits = begin;  // one past the last character that fits
    int width = 0;
    for (; fits < glyphs.size(); ++fits) {
      const bool space = glyphs[fits].code == ' ';  // spaces at the end of a line may hang over
      if (!space && width + glyphs[fits].columns > columns) break;
      width += glyphs[fits].columns;
    }
    std::size_t end = fits;
    if (fits < glyphs.size()) {
      while (end > begin && !may_break(glyphs[end - 1], glyphs[end])) --end;
      if (end == begin) end = fits;  // no place to break: where it is full
    }
    lines.push_back(to_line(glyphs, begin, end));
    begin = end;
    while (begin < glyphs.size() && glyphs[begin].code == ' ') ++begin;
  }
  if (lines.empty()) lines.emplace_back();
  return lines;
}

std::vector<std::string> break_evenly(std::string_view text, int columns) {
  std::vector<std::string> lines = break_lines(text, columns);
  if (lines.size() == 1) return lines;
  const int narrowest = std::max(4, longest_part(text));
  for (int narrower = columns - 1; narrower >= narrowest; --narrower) {
    std::vector<std::string> tighter = break_lines(text, narrower);
    if (tighter.size() > lines.size()) break;
    lines = std::move(tighter);
  }
  return lines;
}

int longest_part(std::string_view text) {
  const std::vector<Glyph> glyphs = to_glyphs(text);
  int longest = 0;
  int width = 0;
  for (std::size_t i = 0; i < glyphs.size(); ++i) {
    if (i > 0 && may_break(glyphs[i - 1], glyphs[i])) width = 0;
    if (glyphs[i].code != ' ') width += glyphs[i].columns;
    longest = std::max(longest, width);
  }
  return longest;
}

}  // namespace yijuan::escpos
