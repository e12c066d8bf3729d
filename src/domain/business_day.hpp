// Days of the calendar in Asia/Shanghai (UTC+8, no summer time), as the office keeps its books.
// Pure functions of stored data: a rebuild of the books gives every entry the same day again.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"

namespace yijuan::domain {

using Day = std::chrono::year_month_day;

/// The day in Shanghai of a moment.
Day shanghai_day(WallTime time);
/// "2026-10-17".
std::string to_text(Day day);
std::optional<Day> parse_day(std::string_view text);
/// "2026-10-17 09:02" or, with seconds, "2026-10-17 09:02:03", in Shanghai.
std::string shanghai_text(WallTime time, bool seconds = false);

/// A trusted moment of the same boot as an entry: the wall clock `at` when that boot was `up` old.
struct BootAnchor {
  WallTime at;
  Uptime up{};
};

/// The business day of an entry written at `at` when its boot was `up` old, and `received` by the
/// ledger. A clock of quality ntp or ledger is believed, but never past `received`; else the
/// anchor places the entry by the time passed since; else a stored clock that is not past
/// `received`, and within kStoredClockAge of it, is believed; else it is the day of `received`.
Day business_day(WallReading at, Uptime up, std::optional<BootAnchor> anchor, WallTime received);

/// How far before `received` a stored clock is still believed: boxes may be offline for months.
inline constexpr std::chrono::days kStoredClockAge{400};

}  // namespace yijuan::domain
