#include "drivers/cctalk/fake_codec.hpp"

namespace yijuan::cctalk_fake {
namespace {

/// Bit by bit, as a device without memory for a table does it.
unsigned feed(unsigned remainder, unsigned byte) {
  for (unsigned mask = 0x80; mask != 0; mask >>= 1) {
    const bool top = (remainder & 0x8000U) != 0;
    const bool bit = (byte & mask) != 0;
    remainder = (remainder << 1) & 0xFFFFU;
    if (top != bit) remainder ^= 0x1021U;
  }
  return remainder;
}

unsigned remainder_of(const Message& message) {
  unsigned remainder = 0;
  remainder = feed(remainder, static_cast<unsigned>(message.to));
  remainder = feed(remainder, static_cast<unsigned>(message.data.size()));
  remainder = feed(remainder, static_cast<unsigned>(message.header));
  for (const auto byte : message.data) remainder = feed(remainder, byte);
  return remainder;
}

}  // namespace

Bytes seal(const Message& message, bool crc) {
  const auto byte = [](unsigned value) { return static_cast<std::uint8_t>(value & 0xFFU); };
  const unsigned remainder = crc ? remainder_of(message) : 0;
  Bytes out;
  out.push_back(byte(static_cast<unsigned>(message.to)));
  out.push_back(byte(static_cast<unsigned>(message.data.size())));
  out.push_back(crc ? byte(remainder) : byte(static_cast<unsigned>(message.from)));
  out.push_back(byte(static_cast<unsigned>(message.header)));
  for (const auto each : message.data) out.push_back(each);
  unsigned total = 0;
  for (const auto each : out) total += each;
  out.push_back(crc ? byte(remainder >> 8) : byte(256U - total % 256U));
  return out;
}

std::optional<Message> unseal(BytesView bytes, bool crc) {
  if (bytes.size() < 5 || bytes.size() != 5U + bytes[1]) return std::nullopt;
  Message message;
  message.to = bytes[0];
  message.header = bytes[3];
  for (std::size_t at = 4; at + 1 < bytes.size(); ++at) message.data.push_back(bytes[at]);
  if (crc) {
    const unsigned told = bytes[2] + 256U * bytes[bytes.size() - 1];
    if (told != remainder_of(message)) return std::nullopt;
    return message;
  }
  unsigned total = 0;
  for (const auto each : bytes) total += each;
  if (total % 256 != 0) return std::nullopt;
  message.from = bytes[2];
  return message;
}

}  // namespace yijuan::cctalk_fake
