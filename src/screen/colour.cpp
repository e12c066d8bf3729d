#include "screen/colour.hpp"

#include <algorithm>
#include <cmath>

namespace yijuan::screen {
namespace {

std::uint32_t plain(Colour colour) {
  switch (colour) {
    case Colour::paper:
    case Colour::on_colour:
      return 0xFBF6EC;
    case Colour::ink:
      return 0x1E1B18;
    case Colour::vermilion:
      return 0xC8372D;
    case Colour::gold:
      return 0x8C6410;
    case Colour::bright_gold:
      return 0xB8862B;
    case Colour::pine:
      return 0x2F6B4F;
    case Colour::amber:
      return 0x9A5B00;
    case Colour::stone:
      return 0x6B655C;
    case Colour::line:
      return 0xE2D9C8;
    case Colour::white:
      return 0xFFFFFF;
    case Colour::black:
      return 0x000000;
  }
  return 0;
}

std::uint32_t high_contrast(Colour colour) {
  switch (colour) {
    case Colour::paper:
    case Colour::on_colour:
    case Colour::black:
      return 0x000000;
    case Colour::ink:
    case Colour::pine:
    case Colour::stone:
    case Colour::line:
    case Colour::white:
      return 0xFFFFFF;
    case Colour::vermilion:
    case Colour::gold:
    case Colour::bright_gold:
    case Colour::amber:
      return 0xFFD60A;
  }
  return 0;
}

double channel(std::uint32_t value) {
  const double c = static_cast<double>(value & 0xFF) / 255.0;
  return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
}

double luminance(std::uint32_t colour) {
  return 0.2126 * channel(colour >> 16) + 0.7152 * channel(colour >> 8) + 0.0722 * channel(colour);
}

}  // namespace

std::uint32_t rgb(Colour colour, Palette palette) {
  return palette == Palette::plain ? plain(colour) : high_contrast(colour);
}

double contrast(std::uint32_t a, std::uint32_t b) {
  const double one = luminance(a);
  const double other = luminance(b);
  return (std::max(one, other) + 0.05) / (std::min(one, other) + 0.05);
}

}  // namespace yijuan::screen
