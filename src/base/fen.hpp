// Money: a whole number of fen (1/100 yuan), signed, with checked arithmetic. Never a float.
#pragma once

#include <compare>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "base/assert.hpp"

namespace yijuan {

class Fen {
 public:
  constexpr Fen() = default;
  constexpr explicit Fen(std::int64_t count) : count_(count) {}

  [[nodiscard]] constexpr std::int64_t count() const { return count_; }

  /// The sum, or nothing on overflow: for amounts that came from outside.
  [[nodiscard]] constexpr std::optional<Fen> plus(Fen other) const {
    std::int64_t sum = 0;
    if (__builtin_add_overflow(count_, other.count_, &sum)) return std::nullopt;
    return Fen(sum);
  }

  /// For amounts already within bounds; an overflow here is a bug.
  constexpr Fen& operator+=(Fen other) {
    YIJUAN_ASSERT(!__builtin_add_overflow(count_, other.count_, &count_), "money overflowed");
    return *this;
  }
  constexpr Fen& operator-=(Fen other) {
    YIJUAN_ASSERT(!__builtin_sub_overflow(count_, other.count_, &count_), "money overflowed");
    return *this;
  }
  friend constexpr Fen operator+(Fen a, Fen b) { return a += b; }
  friend constexpr Fen operator-(Fen a, Fen b) { return a -= b; }
  friend constexpr auto operator<=>(Fen, Fen) = default;

 private:
  std::int64_t count_ = 0;
};

constexpr Fen yuan(std::int64_t count) {
  return Fen(count * 100);
}

/// The largest amount that any message or file may state: 100 million yuan.
inline constexpr Fen kLargestAmount{10'000'000'000};

/// "1234.50": for machines.
std::string to_decimal(Fen amount);
/// "1,234.50": for people, without the currency sign.
std::string to_grouped(Fen amount);
/// Reads "12", "12.3" or "12.34" as yuan; nothing on any other text.
std::optional<Fen> parse_yuan(std::string_view text);

}  // namespace yijuan
