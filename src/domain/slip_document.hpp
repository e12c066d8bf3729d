// A slip as content, free of any printer: lines of text with size and alignment, rules, a QR code.
// Printers lay it out for their width; the screen can show the same.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "tlog/entry.hpp"

namespace yijuan::domain {

enum class Align { left, centre, right };

/// One paragraph of UTF-8 text; printers wrap it by Chinese rules, never cut it off.
struct TextLine {
  std::string text;
  Align align = Align::left;
  int scale = 1;  // character size, 1 to 4; smaller where a sum would not fit the line
  bool bold = false;
};
/// "label    value" on one line, or on two where it does not fit.
struct FieldLine {
  std::string label;
  std::string value;
};
struct Rule {};  // a thin line across
struct Mark {};  // the product's mark, one bit
struct QrBlock {
  std::string payload;  // ASCII, at most 512 bytes
};
struct Space {
  int dots = 12;
};

using SlipBlock = std::variant<TextLine, FieldLine, Rule, Mark, QrBlock, Space>;

struct SlipDocument {
  std::vector<SlipBlock> blocks;
};

}  // namespace yijuan::domain
