// What the simulated printer put on paper: a slip as its own bytes, as text, and as a canvas of
// black dots and characters with their places, from which a picture can be made.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.hpp"

namespace yijuan::escpos_fake {

/// One character in its cell, in dots from the top left of the slip.
struct Glyph {
  std::string utf8;
  int x = 0;
  int y = 0;
  int width = 12;
  int height = 24;
  bool bold = false;
};

/// Black and white dots, one byte each (1 is black), row by row.
struct Picture {
  int x = 0;
  int y = 0;
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> dots;
};

struct Slip {
  Bytes raw;         // the commands that made it, without status questions
  std::string text;  // line by line; pictures and codes as [picture], [qr PAYLOAD]
  std::vector<Glyph> glyphs;
  std::vector<Picture> pictures;   // rasters and the printer's own codes
  std::vector<std::string> codes;  // payloads of its own codes
  int height = 0;                  // dots of paper
  bool cut = false;                // false: torn off, or still in the printer
};

/// The slip's pictures on white, `width` dots wide, as a binary PGM with `scale` pixels a dot.
std::string to_pgm(const Slip& slip, int width, int scale);

}  // namespace yijuan::escpos_fake
