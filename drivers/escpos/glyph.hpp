// Text as the characters that a receipt printer sets one beside another, each one or two columns
// wide. Layout counts in columns, the encoder turns the same characters into bytes, so the two
// can never disagree about a width. Pure.
//
// What has no width of its own (control characters, zero-width marks) is left out here: no byte
// below 0x20 can reach the printer from a text, so a text can never become a command.
#pragma once

#include <string_view>
#include <vector>

namespace yijuan::escpos {

struct Glyph {
  char32_t code = 0;
  int columns = 1;        // 1 for ASCII, 2 for everything else (Kanji mode)
  std::string_view utf8;  // where it stands in the text
};

/// The characters of `utf8`; a byte that is not UTF-8 becomes U+FFFD. A line break or a tab counts
/// as a space. The views are into `utf8`.
std::vector<Glyph> to_glyphs(std::string_view utf8);
/// Width of `utf8` in columns.
int count_columns(std::string_view utf8);

}  // namespace yijuan::escpos
