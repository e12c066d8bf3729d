// The slow end of a serial line: sends what it was given, 60 bytes each 100 ms, as machines that
// print do, and hears nothing. For a DeviceCable.
#pragma once

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>
#include <vector>

#include "async/clock.hpp"
#include "base/bytes.hpp"

namespace yijuan::test {

class PrintingLine {
 public:
  void send(Instant from, BytesView bytes) {
    for (std::size_t at = 0; at < bytes.size(); at += kPiece) {
      const BytesView piece = bytes.subspan(at, std::min(kPiece, bytes.size() - at));
      pieces_.emplace_back(from + kPause * (at / kPiece + 1), Bytes(piece.begin(), piece.end()));
    }
  }
  void receive(Instant /*now*/, BytesView /*bytes*/) {}
  Bytes transmit(Instant now) {
    Bytes out;
    while (!pieces_.empty() && pieces_.front().first <= now) {
      out.insert(out.end(), pieces_.front().second.begin(), pieces_.front().second.end());
      pieces_.erase(pieces_.begin());
    }
    return out;
  }
  [[nodiscard]] std::optional<Instant> next_transmission() const {
    return pieces_.empty() ? std::nullopt : std::optional(pieces_.front().first);
  }
  void hang_up() { pieces_.clear(); }

 private:
  static constexpr std::size_t kPiece = 60;
  static constexpr std::chrono::milliseconds kPause{100};
  std::vector<std::pair<Instant, Bytes>> pieces_;
};

}  // namespace yijuan::test
