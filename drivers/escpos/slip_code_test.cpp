// The code on the paper, read back by another's scanner (zbarimg).
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <fstream>

#include "drivers/escpos/fake.hpp"
#include "drivers/escpos/sample_slip.hpp"
#include "drivers/escpos/slip_bytes.hpp"
#include "tests/support/temporary_directory.hpp"

namespace yijuan::escpos {
namespace {

// What a scanner reads on `slip` at `scale` pixels a dot.
std::string scanned(const escpos_fake::Slip& slip, int dots, int scale) {
  const test::TemporaryDirectory folder;
  const std::string picture = (folder.path() / "slip.pgm").string();
  std::ofstream(picture, std::ios::binary) << escpos_fake::to_pgm(slip, dots, scale);
  const std::string command = "zbarimg --quiet --raw --nodbus '" + picture + "' 2>/dev/null";
  FILE* const pipe = popen(command.c_str(), "r");
  std::string text;
  std::array<char, 1024> buffer{};
  while (std::fgets(buffer.data(), buffer.size(), pipe) != nullptr) text += buffer.data();
  pclose(pipe);
  if (text.ends_with('\n')) text.pop_back();
  return text;
}

escpos_fake::Slip printed(const std::string& payload, std::string_view name, int dots) {
  const Model model = *find_model(name);
  escpos_fake::Behaviour behaviour;
  behaviour.abilities.dots = dots;
  behaviour.abilities.native_qr = model.native_qr;
  escpos_fake::Printer device(behaviour);
  const TextEncoder encoder;
  const std::vector<Row> rows = {domain::Mark{}, domain::QrBlock{payload}};
  auto pieces = to_pieces(rows, model, Paper{dots}, encoder);
  EXPECT_TRUE(pieces.has_value());
  for (const Bytes& piece : *pieces) device.receive(piece);
  EXPECT_TRUE(device.alarms().empty());
  EXPECT_EQ(device.slips().size(), 1U);
  return device.slips().at(0);
}

TEST(SlipCode, DrawnByUsIsReadFromTheDotsOnPaper) {
  for (const int dots : {384, 576}) {
    const auto slip = printed(kSampleCode, "generic", dots);
    EXPECT_TRUE(slip.codes.empty());
    EXPECT_EQ(scanned(slip, dots, 1), kSampleCode) << dots;
  }
}

TEST(SlipCode, DrawnByThePrinterIsReadFromTheDotsOnPaper) {
  for (const int dots : {384, 576}) {
    const auto slip = printed(kSampleCode, "clone-80", dots);
    ASSERT_EQ(slip.codes.size(), 1U);
    EXPECT_EQ(slip.codes[0], kSampleCode);
    EXPECT_EQ(scanned(slip, dots, 1), kSampleCode) << dots;
  }
}

TEST(SlipCode, OfTheLargestPayloadIsStillRead) {
  std::string payload = kSampleCode;
  while (payload.size() < 512) payload.push_back("0123456789abcdef"[payload.size() % 16]);
  EXPECT_EQ(scanned(printed(payload, "generic", 384), 384, 2), payload);
}

}  // namespace
}  // namespace yijuan::escpos
