#include "drivers/cctalk/frame.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "drivers/cctalk/errc.hpp"
#include "drivers/cctalk/fake_codec.hpp"

namespace yijuan::cctalk {
namespace {

/// The example frames of the published specification.
std::vector<Bytes> published_frames() {
  std::vector<Bytes> frames;
  std::ifstream file(YIJUAN_CCTALK_FRAMES);
  std::string line;
  while (std::getline(file, line)) {
    if (line.empty() || line[0] == '#') continue;
    std::string digits;
    for (const char letter : line.substr(3)) {
      if (letter != ' ') digits.push_back(static_cast<char>(std::tolower(letter)));
    }
    const auto frame = from_hex(digits);
    EXPECT_TRUE(frame) << line;
    if (frame) frames.push_back(*frame);
  }
  return frames;
}

Bytes hex(std::string_view text) {
  return from_hex(text).value();
}

Result<Frame> decode(BytesView bytes, Checksum checksum) {
  Deframer deframer(checksum);
  EXPECT_EQ(deframer.push(bytes), bytes.size());
  EXPECT_TRUE(deframer.complete());
  if (!deframer.complete()) return CctalkErrc::bad_reply;
  return deframer.take();
}

TEST(Frame, AllPublishedFramesAreReadAndWrittenTheSame) {
  const auto frames = published_frames();
  ASSERT_EQ(frames.size(), 171U);
  for (const Bytes& bytes : frames) {
    const auto frame = decode(bytes, Checksum::simple);
    ASSERT_TRUE(frame) << to_hex(bytes);
    EXPECT_EQ(encode(*frame, Checksum::simple), bytes);
  }
}

TEST(Frame, TheSimulatedDeviceReadsAndWritesAllPublishedFramesTheSame) {
  for (const Bytes& bytes : published_frames()) {
    const auto message = cctalk_fake::unseal(bytes, false);
    ASSERT_TRUE(message) << to_hex(bytes);
    EXPECT_EQ(cctalk_fake::seal(*message, false), bytes);
  }
}

TEST(Frame, BothCodecsAgreeUnderCrcToo) {
  for (const Bytes& bytes : published_frames()) {
    auto frame = decode(bytes, Checksum::simple);
    ASSERT_TRUE(frame);
    const Bytes sealed = encode(*frame, Checksum::crc16);
    const auto message = cctalk_fake::unseal(sealed, true);
    ASSERT_TRUE(message) << to_hex(sealed);
    EXPECT_EQ(message->data, frame->data);
    EXPECT_EQ(cctalk_fake::seal(*message, true), sealed);
    frame->source = 0;
    EXPECT_EQ(decode(sealed, Checksum::crc16).value(), *frame);
  }
}

TEST(Frame, TheCrcHasItsPublishedValues) {
  EXPECT_EQ(crc16(as_bytes("123456789")), 0x31C3);
  EXPECT_EQ(crc16(hex("49d5f2")), 0xA6B3);
  EXPECT_EQ(crc16(hex("2fbd9d")), 0x90B2);
  EXPECT_EQ(crc16(hex("d953d1")), 0x7BB5);
  EXPECT_EQ(crc16(hex("70b8d9640415")), 0xFB00);
  EXPECT_EQ(crc16(hex("7261b94ed078")), 0x93E3);
  EXPECT_EQ(crc16(hex("63fad19fe619")), 0x5BB3);
}

TEST(Frame, CrcFramesHaveTheirPublishedBytes) {
  EXPECT_EQ(encode({.destination = 40, .header = 1, .data = {}}, Checksum::crc16),
            hex("280046013f"));
  EXPECT_EQ(encode({.destination = 1, .header = 0, .data = {}}, Checksum::crc16),
            hex("0100300037"));
  EXPECT_EQ(encode({.destination = 40, .header = 254, .data = {}}, Checksum::crc16),
            hex("2800b6fe21"));
}

TEST(Frame, ASumOfNothingIsWrittenAsNothing) {
  // 2 + 1 + 1 + 4 + 248 = 256
  EXPECT_EQ(encode({.destination = 2, .header = 4, .data = {248}}, Checksum::simple),
            hex("02010104f800"));
}

TEST(Deframer, TakesBytesInAnyPieces) {
  const Bytes bytes = hex("01060200434e3130304194");
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    Deframer deframer(Checksum::simple);
    EXPECT_EQ(deframer.push(BytesView(bytes).first(cut)), cut);
    EXPECT_EQ(deframer.complete(), cut == bytes.size());
    EXPECT_EQ(deframer.push(BytesView(bytes).subspan(cut)), bytes.size() - cut);
    ASSERT_TRUE(deframer.complete());
    EXPECT_EQ(as_text(deframer.take()->data), "CN100A");
  }
}

TEST(Deframer, LeavesWhatComesAfterTheFrame) {
  Deframer deframer(Checksum::simple);
  EXPECT_EQ(deframer.push(hex("01000200fd01")), 5U);
  EXPECT_TRUE(deframer.complete());
  EXPECT_TRUE(deframer.take());
  EXPECT_TRUE(deframer.empty());
}

TEST(Deframer, EveryFlippedBitOfAReplyIsNoticed) {
  for (const auto checksum : {Checksum::simple, Checksum::crc16}) {
    const Frame frame{
        .destination = 1, .source = 2, .header = 0, .data = hex("0101050000000000000000")};
    const Bytes good = encode(frame, checksum);
    for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
      Bytes bad = good;
      bad[bit / 8] = static_cast<std::uint8_t>(bad[bit / 8] ^ 1U << (bit % 8));
      Deframer deframer(checksum);
      (void)deframer.push(bad);
      if (!deframer.complete()) continue;  // a longer length: the caller's time limit
      const auto read = deframer.take();
      ASSERT_FALSE(read) << bit;
      EXPECT_EQ(read.error(), CctalkErrc::bad_checksum);
    }
  }
}

TEST(Deframer, AReplyInTheOtherChecksumIsNotRead) {
  const Frame frame{.destination = 1, .source = 2, .header = 0, .data = {1}};
  EXPECT_FALSE(decode(encode(frame, Checksum::simple), Checksum::crc16));
  EXPECT_FALSE(decode(encode(frame, Checksum::crc16), Checksum::simple));
}

TEST(Deframer, HoldsTheLongestFrame) {
  const Frame frame{.destination = 1, .source = 2, .header = 0, .data = Bytes(kMostData, 0xFF)};
  EXPECT_EQ(decode(encode(frame, Checksum::simple), Checksum::simple).value(), frame);
}

}  // namespace
}  // namespace yijuan::cctalk
