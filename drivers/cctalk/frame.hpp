// ccTalk frames: bytes to frames and back. Pure.
//
//   simple:  [destination][n][source][header][data x n][sum]      all bytes add up to 0 mod 256
//   crc16:   [destination][n][crc low][header][data x n][crc high]
//
// The CRC (x^16+x^12+x^5+1, initial value 0, most significant bit first) covers destination, n,
// header and data; such a frame carries no source. A device speaks one of the two, never both.
#pragma once

#include <cstdint>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace yijuan::cctalk {

enum class Checksum { simple, crc16 };

inline constexpr std::uint8_t kHostAddress = 1;
inline constexpr std::size_t kFrameOverhead = 5;
inline constexpr std::size_t kMostData = 255;

struct Frame {
  std::uint8_t destination = 0;
  std::uint8_t source = kHostAddress;  // not on the wire under crc16, where reading leaves it 0
  std::uint8_t header = 0;
  Bytes data;  // at most kMostData
  friend bool operator==(const Frame&, const Frame&) = default;
};

std::uint16_t crc16(BytesView bytes, std::uint16_t seed = 0);

Bytes encode(const Frame& frame, Checksum checksum);

/// Collects one frame from bytes that arrive in pieces. Any bytes may be pushed: a wire lies.
class Deframer {
 public:
  explicit Deframer(Checksum checksum) : checksum_(checksum) {}

  /// Takes what belongs to the frame from the beginning of `bytes`; the number of bytes taken,
  /// which is less than all once the frame is complete.
  std::size_t push(BytesView bytes);
  [[nodiscard]] bool empty() const { return bytes_.empty(); }
  [[nodiscard]] bool complete() const;
  /// The complete frame, or CctalkErrc::bad_checksum; empty again either way.
  /// REQUIRES: complete().
  Result<Frame> take();
  void clear() { bytes_.clear(); }

 private:
  [[nodiscard]] std::size_t wanted() const;

  Checksum checksum_;
  Bytes bytes_;
};

}  // namespace yijuan::cctalk
