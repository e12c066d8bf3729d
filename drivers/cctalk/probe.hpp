// Finds out how a device speaks: with or without echo, which checksum. A device uses one checksum
// and is silent to the other, so a simple poll in both tells.
#pragma once

#include <optional>

#include "drivers/cctalk/link.hpp"

namespace yijuan::cctalk {

/// What the configuration fixes; nothing means: find out.
struct DialectWish {
  std::optional<Checksum> checksum;
  std::optional<bool> echo;
};

/// What came back after a simple poll was sent.
struct Heard {
  bool echo = false;
  bool answer = false;
  // Of bytes that are no answer:
  bool scrambled = false;  // as long as a reply to the host says it is, but its sum is wrong
  bool stray = false;      // a whole reply, of another address
  bool noise = false;      // anything else
};

/// Reads `heard`, which arrived after `sent`. A reply never equals the request, since it is
/// addressed to the host.
Heard read_probe(BytesView sent, BytesView heard, std::uint8_t address, Checksum checksum);

/// CctalkErrc::silent if nothing answers, with what that probably means; encrypted if what answers
/// has the length of a reply again and again, and never its checksum.
Task<Dialect> probe(ByteStream& stream, Clock& clock, std::uint8_t address, DialectWish wish);

}  // namespace yijuan::cctalk
