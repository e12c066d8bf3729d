#include "domain/business_day.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace yijuan::domain {
namespace {

using namespace std::chrono;

constexpr hours kShanghai{8};  // no summer time since 1991
// No boot of a box lasts longer; a larger distance is nonsense, and could overflow.
constexpr milliseconds kLongestBoot = days{3650};

bool trusted(ClockQuality quality) {
  return quality == ClockQuality::ntp || quality == ClockQuality::ledger;
}

std::optional<WallTime> placed_by(const std::optional<BootAnchor>& anchor, Uptime up) {
  const auto sane = [](Uptime time) { return time >= Uptime(0) && time <= kLongestBoot; };
  if (!anchor || !sane(up) || !sane(anchor->up)) return std::nullopt;
  return anchor->at + (up - anchor->up);
}

int number(std::string_view digits) {
  int value = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

}  // namespace

Day shanghai_day(WallTime time) {
  return Day(floor<days>(time + kShanghai));
}

std::string to_text(Day day) {
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(day.year()),
                     static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
}

std::optional<Day> parse_day(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const int y = number(text.substr(0, 4));
  const int m = number(text.substr(5, 2));
  const int d = number(text.substr(8, 2));
  if (y < 1970 || m < 1 || d < 1) return std::nullopt;
  const Day day(year(y), month(static_cast<unsigned>(m)),
                std::chrono::day(static_cast<unsigned>(d)));
  if (!day.ok()) return std::nullopt;
  return day;
}

std::string shanghai_text(WallTime time, bool with_seconds) {
  const WallTime local = time + kShanghai;
  const hh_mm_ss clock(local - floor<days>(local));
  std::string text = fmt::format("{} {:02}:{:02}", to_text(shanghai_day(time)),
                                 clock.hours().count(), clock.minutes().count());
  if (with_seconds) text += fmt::format(":{:02}", clock.seconds().count());
  return text;
}

Day business_day(WallReading at, Uptime up, std::optional<BootAnchor> anchor, WallTime received) {
  if (trusted(at.quality)) return shanghai_day(std::min(at.time, received));
  if (const auto placed = placed_by(anchor, up)) return shanghai_day(std::min(*placed, received));
  if (at.quality == ClockQuality::stored && at.time <= received &&
      received - at.time <= kStoredClockAge) {
    return shanghai_day(at.time);
  }
  return shanghai_day(received);
}

}  // namespace yijuan::domain
