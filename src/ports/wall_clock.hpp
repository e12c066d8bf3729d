// The wall clock and how far it can be believed. Order never depends on it: it is an annotation.
#pragma once

#include <string>

#include "base/time.hpp"

namespace yijuan {

class WallClock {
 public:
  virtual ~WallClock() = default;

  [[nodiscard]] virtual WallReading now() const = 0;
  /// The kernel's id of this boot, 16 hex digits.
  [[nodiscard]] virtual std::string boot_id() const = 0;
  /// Milliseconds since that boot.
  [[nodiscard]] virtual Uptime uptime() const = 0;
};

}  // namespace yijuan
