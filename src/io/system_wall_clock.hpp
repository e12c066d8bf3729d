// The system's wall clock, and how far to believe it: `unset` before this program was built (no
// battery, no network), `stored` by default, `ntp` while the kernel says it is synchronised,
// `ledger` once the ledger told the time in this boot.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "ports/wall_clock.hpp"

namespace yijuan {

class SystemWallClock : public WallClock {
 public:
  SystemWallClock();

  [[nodiscard]] WallReading now() const override;
  [[nodiscard]] std::string boot_id() const override { return boot_id_; }
  [[nodiscard]] Uptime uptime() const override;

  /// The ledger said that it was `time` when this machine was up for `at`. From now on readings
  /// are counted from there: steps of the system clock no longer touch them.
  void attest(WallTime time, Uptime at);

  /// The oldest time that a working clock can show: this build's.
  static WallTime build_epoch();

 private:
  struct Anchor {
    WallTime time;
    Uptime at{};
  };
  std::string boot_id_;
  std::optional<Anchor> anchor_;
};

}  // namespace yijuan
