#include "io/marked_bytes.hpp"

#include <utility>

namespace yijuan {
namespace {

constexpr std::uint8_t kMark = 0xFF;

}  // namespace

std::vector<MarkedByte> MarkedBytes::push(BytesView received) {
  std::vector<MarkedByte> bytes;
  for (const std::uint8_t byte : received) {
    const State before = std::exchange(state_, State::plain);
    if (before == State::damaged) {
      bytes.push_back({byte, true});
    } else if (before == State::marked && byte == kMark) {
      bytes.push_back({kMark, false});
    } else if (before == State::marked && byte == 0) {
      state_ = State::damaged;
    } else if (before == State::marked) {
      bytes.push_back({kMark, true});
      bytes.push_back({byte, false});
    } else if (byte == kMark) {
      state_ = State::marked;
    } else {
      bytes.push_back({byte, false});
    }
  }
  return bytes;
}

}  // namespace yijuan
