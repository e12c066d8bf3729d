// What a serial port with parity delivers (Linux PARMRK): a byte whose parity or framing was wrong
// comes as FF 00 byte, a true FF as FF FF, everything else as it is. Pure; keeps what of a mark has
// come so far, so any pieces give the same bytes.
#pragma once

#include <vector>

#include "base/bytes.hpp"

namespace yijuan {

struct MarkedByte {
  std::uint8_t value = 0;
  bool damaged = false;  // the value is what arrived, not what was sent
  friend bool operator==(const MarkedByte&, const MarkedByte&) = default;
};

class MarkedBytes {
 public:
  /// The bytes that `received` completes. An FF that begins no mark, as a port without parity may
  /// deliver it, counts as damaged.
  std::vector<MarkedByte> push(BytesView received);
  /// Forgets half a mark: for a new connection.
  void clear() { state_ = State::plain; }

 private:
  enum class State { plain, marked, damaged };
  State state_ = State::plain;
};

}  // namespace yijuan
