// Coin ids: "CN100A" is China, 100 fen, issue A. The three characters of the value hold digits and
// at most one letter or point, which stands where the decimal point is and scales: ".25", "2.5",
// "5m0" (0.005), "1K0" (1000), "M10" (0.10 million).
#include <algorithm>

#include "drivers/cctalk/protocol.hpp"

namespace yijuan::cctalk {
namespace {

bool is_capital(char letter) {
  return letter >= 'A' && letter <= 'Z';
}

/// Thousandths of the unit that a digit before the point is worth; 0 where `letter` is no point.
std::int64_t scale_of(char letter) {
  switch (letter) {
    case '.':
      return 1000;
    case 'm':
      return 1;
    case 'K':
      return 1'000'000;
    case 'M':
      return 1'000'000'000;
    case 'G':
      return 1'000'000'000'000;
    default:
      return 0;
  }
}

std::optional<std::int64_t> parse_value(std::string_view text) {
  std::int64_t digits = 0;
  std::int64_t scale = 0;
  std::int64_t divisor = 1;
  for (const char letter : text) {
    if (letter >= '0' && letter <= '9') {
      digits = digits * 10 + (letter - '0');
      if (scale != 0) divisor *= 10;
    } else {
      if (scale != 0) return std::nullopt;  // a second point
      scale = scale_of(letter);
      if (scale == 0) return std::nullopt;
    }
  }
  const std::int64_t scaled = digits * (scale == 0 ? 1000 : scale);
  if (scaled % divisor != 0) return std::nullopt;
  return scaled / divisor;
}

}  // namespace

std::optional<CoinId> CoinId::parse(std::string_view text) {
  if (text.size() != 6 || !is_capital(text[0]) || !is_capital(text[1]) || !is_capital(text[5])) {
    return std::nullopt;
  }
  const auto value = parse_value(text.substr(2, 3));
  if (!value) return std::nullopt;
  return CoinId{.country = std::string(text.substr(0, 2)), .thousandths = *value, .issue = text[5]};
}

}  // namespace yijuan::cctalk
