// Colours of the product by name; the only colours that scenes use. Two palettes: the plain one
// and high contrast (black, white, one yellow).
#pragma once

#include <cstdint>

namespace yijuan::screen {

enum class Colour {
  paper,        // the ground
  ink,          // text
  vermilion,    // the mark and the one action
  gold,         // sums
  bright_gold,  // bars and fills only, never text
  pine,         // done
  amber,        // attention
  stone,        // secondary text
  line,         // hairlines
  on_colour,    // text on vermilion, pine or amber
  white,        // ground of a QR code, in both palettes
  black,        // modules of a QR code, in both palettes
};

enum class Palette { plain, high_contrast };

/// 0xRRGGBB.
std::uint32_t rgb(Colour colour, Palette palette);
/// Contrast ratio of two 0xRRGGBB colours, 1 to 21 (WCAG 2.1, relative luminance).
double contrast(std::uint32_t a, std::uint32_t b);

}  // namespace yijuan::screen
