#include "drivers/escpos/model.hpp"

#include <gtest/gtest.h>

namespace yijuan::escpos {
namespace {

TEST(Model, EveryFileIsReadable) {
  const auto models = all_models();
  EXPECT_GE(models.size(), 4U);
  for (const Model& model : models) {
    EXPECT_FALSE(model.summary.empty()) << model.name;
    EXPECT_TRUE(model.dots_58 > 0 || model.dots_80 > 0) << model.name;
    EXPECT_EQ(model.dots_58 % kColumnDots, 0) << model.name;
    EXPECT_EQ(model.dots_80 % kColumnDots, 0) << model.name;
  }
}

TEST(Model, TheGenericOneTakesBothPapersAndTrustsNothingRare) {
  const auto generic = find_model("generic");
  ASSERT_TRUE(generic.has_value());
  EXPECT_EQ(generic->dots_58, 384);
  EXPECT_EQ(generic->dots_80, 576);
  EXPECT_FALSE(generic->native_qr || generic->four_byte);
  EXPECT_EQ(generic->confirms, Confirms::in_order);
}

TEST(Model, AnUnknownNameIsNoModel) {
  EXPECT_FALSE(find_model("no-such-printer").has_value());
}

}  // namespace
}  // namespace yijuan::escpos
