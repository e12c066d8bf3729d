// How large a text becomes: what laying out needs to know of fonts. Implementation:
// pango_typesetter.hpp.
#pragma once

#include <string_view>

namespace yijuan::screen {

enum class Align { left, centre, right };

struct TextStyle {
  int size = 18;     // em, pixels
  int leading = 24;  // from line to line, pixels
  bool bold = false;
  Align align = Align::left;
  bool phrases = false;   // lines end only at spaces and punctuation
  bool even = false;      // lines become about equally long
  bool ellipsis = false;  // one line, cut with … where it is too long
  bool money = false;     // begins with ￥, set small beside its figures
  friend bool operator==(const TextStyle&, const TextStyle&) = default;
};

struct TextSize {
  int width = 0;
  int height = 0;
  int lines = 0;
};

class Typesetter {
 public:
  virtual ~Typesetter() = default;
  /// The size of UTF-8 `text` broken into lines of at most `width` by the rules of Chinese text.
  virtual TextSize measure(std::string_view text, const TextStyle& style, int width) = 0;
};

}  // namespace yijuan::screen
