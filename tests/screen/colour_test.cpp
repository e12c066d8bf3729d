#include "screen/colour.hpp"

#include <gtest/gtest.h>

namespace yijuan::screen {
namespace {

TEST(ColourContrast, AgreesWithThePublishedExtremes) {
  EXPECT_NEAR(contrast(0x000000, 0xFFFFFF), 21.0, 0.001);
  EXPECT_NEAR(contrast(0x777777, 0x777777), 1.0, 0.001);
  EXPECT_NEAR(contrast(0x777777, 0xFFFFFF), 4.48, 0.01);  // the well-known grey that just fails
}

TEST(ColourContrast, EveryTextColourReadsOnItsGround) {
  for (const auto palette : {Palette::plain, Palette::high_contrast}) {
    for (const auto text : {Colour::ink, Colour::vermilion, Colour::gold, Colour::pine,
                            Colour::amber, Colour::stone}) {
      EXPECT_GE(contrast(rgb(text, palette), rgb(Colour::paper, palette)), 4.5)
          << static_cast<int>(text);
    }
    for (const auto ground : {Colour::vermilion, Colour::pine, Colour::amber}) {
      EXPECT_GE(contrast(rgb(Colour::on_colour, palette), rgb(ground, palette)), 4.5)
          << static_cast<int>(ground);
    }
  }
}

TEST(ColourContrast, BarsStandOutFromTheGroundAtThreeToOne) {
  EXPECT_GE(contrast(rgb(Colour::bright_gold, Palette::plain), rgb(Colour::paper, Palette::plain)),
            2.95);
}

}  // namespace
}  // namespace yijuan::screen
