#include "drivers/escpos/glyph.hpp"

#include <cstdint>

namespace yijuan::escpos {
namespace {

struct Decoded {
  char32_t code = 0xFFFD;
  std::size_t length = 1;
};

// One character of well-formed UTF-8 (Unicode, table 3-7); anything else is one bad byte.
Decoded decode(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return {};
  char32_t code = lead & (0x7F >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {};
    code = code << 6 | (byte(i) & 0x3F);
  }
  const bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (overlong || surrogate || code > 0x10FFFF) return {};
  return {code, length};
}

bool has_no_width(char32_t code) {
  return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0xAD ||
         (code >= 0x200B && code <= 0x200F) || (code >= 0x202A && code <= 0x202E) ||
         (code >= 0x2060 && code <= 0x206F) || (code >= 0xFE00 && code <= 0xFE0F) || code == 0xFEFF;
}

}  // namespace

std::vector<Glyph> to_glyphs(std::string_view utf8) {
  std::vector<Glyph> glyphs;
  glyphs.reserve(utf8.size());
  while (!utf8.empty()) {
    const Decoded next = decode(utf8);
    Glyph glyph{.code = next.code, .columns = next.code < 0x80 ? 1 : 2, .utf8 = {}};
    glyph.utf8 = utf8.substr(0, next.length);
    utf8.remove_prefix(next.length);
    if (glyph.code == '\n' || glyph.code == '\t' || glyph.code == 0xA0) {
      glyph = {.code = ' ', .columns = 1, .utf8 = " "};
    }
    if (!has_no_width(glyph.code)) glyphs.push_back(glyph);
  }
  return glyphs;
}

int count_columns(std::string_view utf8) {
  int columns = 0;
  for (const Glyph& glyph : to_glyphs(utf8)) columns += glyph.columns;
  return columns;
}

}  // namespace yijuan::escpos
