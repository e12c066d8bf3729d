#include "drivers/escpos/bitmap.hpp"

#include <gtest/gtest.h>

namespace yijuan::escpos {
namespace {

bool black(const Bitmap& picture, int x, int y) {
  return (picture.row(y)[static_cast<std::size_t>(x / 8)] >> (7 - x % 8) & 1) != 0;
}

TEST(Bitmap, HasTheLeftDotInTheHighBit) {
  Bitmap picture(9, 1);
  picture.blacken(0, 0);
  picture.blacken(8, 0);
  EXPECT_EQ(to_hex(picture.row(0)), "8080");
}

TEST(Bitmap, BreaksWhatAPrinterWouldTakeForARealTimeCommand) {
  // 10 04 asks for status, 10 05 recovers, 10 14 fires the drawer pulse; here also across rows.
  Bitmap picture(16, 3);
  picture.blacken(3, 0);     // 10 …
  picture.blacken(13, 0);    //    04
  picture.blacken(11, 1);    // .. 10
  picture.fill(3, 2, 1, 1);  // 14 ..
  picture.blacken(5, 2);
  ASSERT_EQ(to_hex(picture.row(0)), "1004");
  picture.break_real_time_commands();
  EXPECT_EQ(to_hex(picture.row(0)), "1804");
  EXPECT_EQ(to_hex(picture.row(1)), "0018");
  EXPECT_EQ(to_hex(picture.row(2)), "1400");
}

TEST(Mark, IsARoundedSquareWithASlotAboveItsMiddle) {
  const Bitmap mark = draw_mark(72, 16);
  EXPECT_EQ(mark.height(), 72);
  EXPECT_FALSE(black(mark, 16, 0)) << "the corner is round";
  EXPECT_TRUE(black(mark, 16 + 36, 0));
  EXPECT_TRUE(black(mark, 16 + 36, 71));
  EXPECT_FALSE(black(mark, 16 + 36, 31)) << "the slot";
  EXPECT_TRUE(black(mark, 16 + 36, 40)) << "below the slot";
  EXPECT_FALSE(black(mark, 0, 36)) << "the margin";
}

TEST(Qr, TakesTheLargestModuleThatFits) {
  EXPECT_EQ(module_dots(33, 384), 6);  // 41 * 6 = 246; more than 6 is not asked for
  EXPECT_EQ(module_dots(61, 384), 5);  // 69 * 5 = 345
  EXPECT_EQ(module_dots(61, 576), 6);
  EXPECT_EQ(module_dots(89, 384), 3);   // the largest payload, 512 bytes
  EXPECT_EQ(module_dots(121, 384), 0);  // no module of 3 dots fits
}

TEST(Qr, HasAQuietZoneOfFourModulesAllAround) {
  const auto code = make_qr_code("https://verify.example.org/s");
  ASSERT_TRUE(code.has_value());
  const Bitmap picture = draw_qr(*code, 4, 0);
  EXPECT_EQ(picture.height(), (code->size + 8) * 4);
  for (int i = 0; i < picture.height(); ++i) {
    for (int j = 0; j < 16; ++j) {
      EXPECT_FALSE(black(picture, i, j));
      EXPECT_FALSE(black(picture, j, i));
      EXPECT_FALSE(black(picture, picture.height() - 1 - j, i));
      EXPECT_FALSE(black(picture, i, picture.height() - 1 - j));
    }
  }
  EXPECT_TRUE(black(picture, 16, 16)) << "the finder's corner";
}

}  // namespace
}  // namespace yijuan::escpos
