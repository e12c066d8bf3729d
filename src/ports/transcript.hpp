// What a device's bytes mean, in words: for a recording that cannot be played to its driver,
// because what the kiosk asked of the device (a slip to print) is not in it.
#pragma once

#include <string>

#include "ports/byte_stream.hpp"

namespace yijuan {

/// Hears the bytes of a recording as a tap hears those of a stream.
class Transcript : public StreamTap {
 public:
  /// The lines since the last call, each with its end: at most one for a few bytes, all printable.
  virtual std::string take() = 0;
};

}  // namespace yijuan
