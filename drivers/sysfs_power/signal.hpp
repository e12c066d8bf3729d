// A modem's answer to AT+CSQ (3GPP TS 27.007, 8.5): pure. "+CSQ: 17,99" and OK: 0 to 31 is -113 to
// -51 dBm, 99 is not known. An echo and what else the modem says in between are passed over.
#pragma once

#include <optional>
#include <string>

#include "base/bytes.hpp"

namespace yijuan::sysfs_power {

class SignalReader {
 public:
  /// True once the answer is complete.
  bool feed(BytesView bytes);
  /// The signal of a complete answer; nothing: not known, or the modem refused.
  [[nodiscard]] std::optional<int> percent() const { return percent_; }

 private:
  void take_line();

  std::string line_;
  std::size_t seen_ = 0;  // bytes: a modem that never ends is not listened to for ever
  std::optional<int> percent_;
  bool done_ = false;
};

}  // namespace yijuan::sysfs_power
