#include "base/time.hpp"

#include <array>

namespace yijuan {
namespace {

using namespace std::chrono;

constexpr std::array<std::string_view, 4> kQualities = {"unset", "stored", "ntp", "ledger"};

// Formatted by hand: this runs for every entry and fmt's chrono header is heavy.
void put(std::string& out, int value, int digits) {
  std::array<char, 8> buffer{};
  for (int i = digits - 1; i >= 0; --i) {
    buffer[static_cast<std::size_t>(i)] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
  out.append(buffer.data(), static_cast<std::size_t>(digits));
}

std::optional<int> take(std::string_view text, std::size_t at, std::size_t digits) {
  int value = 0;
  for (const char c : text.substr(at, digits)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

}  // namespace

std::string to_rfc3339(WallTime time) {
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const hh_mm_ss clock(time - day);
  std::string out;
  out.reserve(24);
  put(out, static_cast<int>(date.year()), 4);
  out += '-';
  put(out, static_cast<int>(static_cast<unsigned>(date.month())), 2);
  out += '-';
  put(out, static_cast<int>(static_cast<unsigned>(date.day())), 2);
  out += 'T';
  put(out, static_cast<int>(clock.hours().count()), 2);
  out += ':';
  put(out, static_cast<int>(clock.minutes().count()), 2);
  out += ':';
  put(out, static_cast<int>(clock.seconds().count()), 2);
  out += '.';
  put(out, static_cast<int>(clock.subseconds().count()), 3);
  out += 'Z';
  return out;
}

std::optional<WallTime> parse_rfc3339(std::string_view text) {
  if (text.size() != 24 || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' ||
      text[16] != ':' || text[19] != '.' || text[23] != 'Z') {
    return std::nullopt;
  }
  const auto y = take(text, 0, 4), mo = take(text, 5, 2), d = take(text, 8, 2);
  const auto h = take(text, 11, 2), mi = take(text, 14, 2), s = take(text, 17, 2);
  const auto ms = take(text, 20, 3);
  if (!y || !mo || !d || !h || !mi || !s || !ms) return std::nullopt;
  const year_month_day date(year(*y), month(static_cast<unsigned>(*mo)),
                            day(static_cast<unsigned>(*d)));
  if (!date.ok() || *y < 1970 || *h > 23 || *mi > 59 || *s > 59) return std::nullopt;
  return sys_days(date) + hours(*h) + minutes(*mi) + seconds(*s) + milliseconds(*ms);
}

std::string_view to_text(ClockQuality quality) {
  return kQualities.at(static_cast<std::size_t>(quality));
}

std::optional<ClockQuality> parse_clock_quality(std::string_view text) {
  for (std::size_t i = 0; i < kQualities.size(); ++i) {
    if (kQualities[i] == text) return static_cast<ClockQuality>(i);
  }
  return std::nullopt;
}

}  // namespace yijuan
