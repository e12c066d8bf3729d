// ccTalk messages as the simulated acceptor reads and writes them: written from the protocol's
// facts a second time, so that a misreading in the driver's codec is not shared by its test.
#pragma once

#include <optional>

#include "base/bytes.hpp"

namespace yijuan::cctalk_fake {

struct Message {
  int to = 0;
  int from = 0;  // 0 in CRC mode, which does not tell
  int header = 0;
  Bytes data;
};

/// The bytes of `message`, with a CRC or a plain checksum.
Bytes seal(const Message& message, bool crc);
/// The message that `bytes` are from first to last; nothing if they are not exactly one.
std::optional<Message> unseal(BytesView bytes, bool crc);

}  // namespace yijuan::cctalk_fake
