#include "drivers/escpos/slip_bytes.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "drivers/escpos/commands.hpp"
#include "drivers/escpos/printer_errc.hpp"
#include "drivers/escpos/sample_slip.hpp"

namespace yijuan::escpos {
namespace {

std::vector<Bytes> pieces_of(const domain::SlipDocument& document, const Model& model,
                             Paper paper) {
  const TextEncoder encoder;
  auto pieces = to_pieces(lay_out(document, paper.columns()), model, paper, encoder);
  EXPECT_TRUE(pieces.has_value());
  return pieces ? *pieces : std::vector<Bytes>();
}

Bytes joined(const std::vector<Bytes>& pieces) {
  Bytes all;
  for (const Bytes& piece : pieces) all.insert(all.end(), piece.begin(), piece.end());
  return all;
}

bool holds(const Bytes& bytes, const Bytes& part) {
  return std::search(bytes.begin(), bytes.end(), part.begin(), part.end()) != bytes.end();
}

TEST(Commands, DrawANativeCodeWithTheFiveCommands) {
  EXPECT_EQ(to_hex(native_qr("https://qr.alipay.com/fkx12345678abcdefghij", 6)),
            "1d286b040031413200"
            "1d286b0300314306"
            "1d286b0300314531"
            "1d286b2e0031503068747470733a2f2f71722e616c697061792e636f6d2f666b7831323334353637386162"
            "636465666768696a"
            "1d286b0300315130");
}

TEST(Commands, AreAsDocumented) {
  EXPECT_EQ(to_hex(ask_status(4)), "100404");
  EXPECT_EQ(to_hex(ask_paper_in_order()), "1d7201");
  EXPECT_EQ(to_hex(ask_process_id("0042")),
            "1d284806003030"
            "30303432");
  EXPECT_EQ(to_hex(cut(Cutter::partial)), "1d564200");
  EXPECT_EQ(to_hex(cut(Cutter::full)), "1d564100");
  EXPECT_EQ(to_hex(preamble({})),
            "1b40"
            "1c26"
            "1c530000"
            "1b5200"
            "1b3322");
  Model epson;
  epson.pulse_off_switch = true;
  EXPECT_EQ(to_hex(preamble(epson)).substr(0, 20), "1b401d28440300140100");
}

TEST(SlipBytes, ComeInPiecesOfAtMostFourKilobytesThatBeginWithACommand) {
  for (const int dots : {384, 576}) {
    const auto pieces = pieces_of(sample_slip(), *find_model("generic"), Paper{dots});
    EXPECT_GT(pieces.size(), 2U);
    for (const Bytes& piece : pieces) {
      EXPECT_LE(piece.size(), kLargestPiece);
      EXPECT_TRUE(piece[0] == 0x1B || piece[0] == 0x1D || piece[0] == 0x1C) << int{piece[0]};
    }
  }
}

TEST(SlipBytes, CutOnlyAtTheVeryEnd) {
  for (const Model& model : all_models()) {
    const int dots = model.dots_58 > 0 ? model.dots_58 : model.dots_80;
    const Bytes all = joined(pieces_of(sample_slip(), model, Paper{dots}));
    const Bytes end = cut(model.cutter);
    ASSERT_TRUE(std::equal(end.rbegin(), end.rend(), all.rbegin())) << model.name;
    const Bytes before(all.begin(), all.end() - static_cast<std::ptrdiff_t>(end.size()));
    EXPECT_FALSE(holds(before, {0x1D, 'V', 'A'}) || holds(before, {0x1D, 'V', 'B'})) << model.name;
  }
}

TEST(SlipBytes, HoldNothingThatAPrinterWouldActOnInAPicture) {
  // Every left margin shifts the picture's bits, so all of them are tried.
  for (int dots = 384; dots < 400; ++dots) {
    const Bytes all = joined(pieces_of(sample_slip(), *find_model("generic"), Paper{dots}));
    EXPECT_FALSE(holds(all, {0x10, 0x04})) << dots;
    EXPECT_FALSE(holds(all, {0x10, 0x05})) << dots;
    EXPECT_FALSE(holds(all, {0x10, 0x14})) << dots;
  }
}

TEST(SlipBytes, BearTheSentenceOfTheLaw) {
  const TextEncoder encoder;
  const Bytes all = joined(pieces_of(sample_slip(), *find_model("clone-80"), Paper{576}));
  const Bytes sentence = encoder.encode("本凭条不是公益事业捐赠票据", false);
  EXPECT_TRUE(holds(all, sentence));
}

TEST(SlipBytes, RefuseACodeThatCannotBePrinted) {
  const TextEncoder encoder;
  const Model model = *find_model("generic");
  for (const std::string& payload : {std::string(), std::string(513, 'x'), std::string("a\x1B@")}) {
    auto pieces = to_pieces({domain::QrBlock{payload}}, model, Paper{384}, encoder);
    ASSERT_FALSE(pieces.has_value());
    EXPECT_EQ(pieces.error(), PrinterErrc::bad_document);
  }
  EXPECT_TRUE(to_pieces({domain::QrBlock{std::string(512, 'x')}}, model, Paper{384}, encoder));
}

}  // namespace
}  // namespace yijuan::escpos
