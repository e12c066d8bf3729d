#include "drivers/cctalk/frame.hpp"

#include <algorithm>
#include <array>
#include <numeric>

#include "base/assert.hpp"
#include "drivers/cctalk/errc.hpp"

namespace yijuan::cctalk {
namespace {

constexpr std::uint16_t kPolynomial = 0x1021;

constexpr std::array<std::uint16_t, 256> make_table() {
  std::array<std::uint16_t, 256> table{};
  for (unsigned index = 0; index < 256; ++index) {
    unsigned value = index << 8;
    for (int bit = 0; bit < 8; ++bit) {
      value = (value & 0x8000) != 0 ? (value << 1) ^ kPolynomial : value << 1;
    }
    table[index] = static_cast<std::uint16_t>(value);
  }
  return table;
}

constexpr auto kTable = make_table();

std::uint8_t sum_of(BytesView bytes) {
  return std::accumulate(
      bytes.begin(), bytes.end(), std::uint8_t{0},
      [](std::uint8_t sum, std::uint8_t byte) { return static_cast<std::uint8_t>(sum + byte); });
}

/// The CRC of a whole frame: everything but offset 2 and the last byte.
std::uint16_t frame_crc(BytesView frame) {
  const auto start = crc16(frame.first(2));
  return crc16(frame.subspan(3, frame.size() - 4), start);
}

bool checks(BytesView frame, Checksum checksum) {
  if (checksum == Checksum::simple) return sum_of(frame) == 0;
  const auto crc = frame_crc(frame);
  return frame[2] == (crc & 0xFF) && frame.back() == (crc >> 8);
}

}  // namespace

std::uint16_t crc16(BytesView bytes, std::uint16_t seed) {
  unsigned crc = seed;
  for (const auto byte : bytes) crc = ((crc << 8) ^ kTable[(crc >> 8 ^ byte) & 0xFF]) & 0xFFFF;
  return static_cast<std::uint16_t>(crc);
}

Bytes encode(const Frame& frame, Checksum checksum) {
  YIJUAN_ASSERT(frame.data.size() <= kMostData, "ccTalk data too long for a frame");
  Bytes bytes = {frame.destination, static_cast<std::uint8_t>(frame.data.size()), frame.source,
                 frame.header};
  bytes.reserve(frame.data.size() + kFrameOverhead);
  bytes.insert(bytes.end(), frame.data.begin(), frame.data.end());
  if (checksum == Checksum::simple) {
    // A sum of 0 is written as 0; two public libraries write 256 there and break their frame.
    bytes.push_back(static_cast<std::uint8_t>(-sum_of(bytes)));
    return bytes;
  }
  bytes.push_back(0);
  const auto crc = frame_crc(bytes);
  bytes[2] = static_cast<std::uint8_t>(crc & 0xFF);
  bytes.back() = static_cast<std::uint8_t>(crc >> 8);
  return bytes;
}

std::size_t Deframer::wanted() const {
  return bytes_.size() < 2 ? kFrameOverhead : kFrameOverhead + bytes_[1];
}

bool Deframer::complete() const {
  return bytes_.size() >= wanted();
}

std::size_t Deframer::push(BytesView bytes) {
  std::size_t taken = 0;
  while (taken < bytes.size() && !complete()) bytes_.push_back(bytes[taken++]);
  return taken;
}

Result<Frame> Deframer::take() {
  YIJUAN_ASSERT(complete(), "taking a ccTalk frame that is not complete");
  const Bytes bytes = std::exchange(bytes_, {});
  if (!checks(bytes, checksum_)) return CctalkErrc::bad_checksum;
  const bool simple = checksum_ == Checksum::simple;
  return Frame{.destination = bytes[0],
               .source = simple ? bytes[2] : std::uint8_t{0},
               .header = bytes[3],
               .data = Bytes(bytes.begin() + 4, bytes.end() - 1)};
}

}  // namespace yijuan::cctalk
