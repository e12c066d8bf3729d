#include "drivers/escpos/model.hpp"

#include <gtest/gtest.h>

#include "drivers/escpos/slip_bytes.hpp"

namespace yijuan::escpos {
namespace {

TEST(Model, EveryFileIsReadable) {
  const auto models = all_models();
  EXPECT_GE(models.size(), 4U);
  for (const Model& model : models) {
    EXPECT_FALSE(model.summary.empty()) << model.name;
    EXPECT_TRUE(model.dots_58 > 0 || model.dots_80 > 0) << model.name;
    EXPECT_EQ(model.dots_58 % kColumnDots, 0) << model.name;
    // The one width that leaves a few dots beside its columns; a picture's row is whole bytes.
    if (model.dots_80 != 512) EXPECT_EQ(model.dots_80 % kColumnDots, 0) << model.name;
    EXPECT_EQ(model.dots_80 % 8, 0) << model.name;
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

TEST(Model, AUsbIdIsAHintAtTheModelsItWasSeenWith) {
  const auto seen = models_seen_as("0483:5743 Xprinter XP-58, no serial (usb:path=1-1)");
  EXPECT_EQ(seen, std::vector<std::string>{"xprinter-xp-58"});
  EXPECT_TRUE(models_seen_as("dead:beef something").empty());
  EXPECT_TRUE(models_seen_as("").empty());
  for (const Model& model : all_models()) {
    for (const std::string& id : model.usb) {
      ASSERT_EQ(id.size(), 9U) << model.name;
      EXPECT_EQ(id[4], ':') << model.name;
    }
  }
}

TEST(Model, KnowsTheUsbIdsThatReceiptPrintersAreSeenWith) {
  for (const char* id :
       {"0416:5011", "0483:5743", "0483:5740", "0483:5720", "0483:070b", "0fe6:811e", "1fc9:2016",
        "28e9:0289", "20d1:7008", "04b8:0202", "04b8:0e03", "04b8:0e15", "04b8:0e28"}) {
    EXPECT_FALSE(models_seen_as(std::string(id) + " something").empty()) << id;
  }
}

TEST(Model, OneOfThemHasTheCharactersOfFourBytesAndOneHasFortyTwoColumns) {
  EXPECT_TRUE(find_model("epson-tm-t70ii-ch")->four_byte);
  EXPECT_EQ(Paper{find_model("pos-80-512")->dots_80}.columns(), 42);
  EXPECT_EQ(Paper{find_model("nt-5890k")->dots_58}.columns(), 32);
}

TEST(Model, OnlyOneThatConfirmsByItselfIsTrustedToKeepItsBuffer) {
  for (const Model& model : all_models()) {
    if (model.keeps_buffer) {
      EXPECT_EQ(model.confirms, Confirms::process_id) << model.name;
    }
  }
}

TEST(Model, OneThatKeepsItsBufferCanBeToldToDropIt) {
  for (const Model& model : all_models()) {
    if (model.keeps_buffer) {
      EXPECT_NE(model.clears, Clears::nothing) << model.name;
    }
  }
}

TEST(Model, AnUnknownNameIsNoModel) {
  EXPECT_FALSE(find_model("no-such-printer").has_value());
}

}  // namespace
}  // namespace yijuan::escpos
