// Wall-clock moments as values. Nothing here reads a clock.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace yijuan {

/// A moment of the wall clock, UTC, to the millisecond.
using WallTime = std::chrono::sys_time<std::chrono::milliseconds>;
/// Time since the machine started (CLOCK_BOOTTIME), to the millisecond.
using Uptime = std::chrono::milliseconds;

/// Where a wall-clock reading came from, worst first.
enum class ClockQuality { unset, stored, ntp, ledger };

/// "2026-10-17T01:02:03.004Z" (RFC 3339, years 1970 to 9999).
std::string to_rfc3339(WallTime time);
std::optional<WallTime> parse_rfc3339(std::string_view text);

std::string_view to_text(ClockQuality quality);
std::optional<ClockQuality> parse_clock_quality(std::string_view text);

/// A wall-clock reading and how far it can be believed.
struct WallReading {
  WallTime time;
  ClockQuality quality = ClockQuality::unset;
};

}  // namespace yijuan
