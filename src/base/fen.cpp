#include "base/fen.hpp"

#include <fmt/format.h>

namespace yijuan {
namespace {

// The magnitude as unsigned, so that the most negative count has one too.
std::uint64_t magnitude(Fen amount) {
  const auto count = static_cast<std::uint64_t>(amount.count());
  return amount.count() < 0 ? ~count + 1 : count;
}

}  // namespace

std::string to_decimal(Fen amount) {
  const std::uint64_t size = magnitude(amount);
  return fmt::format("{}{}.{:02}", amount.count() < 0 ? "-" : "", size / 100, size % 100);
}

std::string to_grouped(Fen amount) {
  std::string text = to_decimal(amount);
  const std::ptrdiff_t first = amount.count() < 0 ? 1 : 0;
  for (std::ptrdiff_t at = static_cast<std::ptrdiff_t>(text.size()) - 6; at > first; at -= 3) {
    text.insert(static_cast<std::size_t>(at), 1, ',');
  }
  return text;
}

std::optional<Fen> parse_yuan(std::string_view text) {
  const std::size_t dot = text.find('.');
  const std::string_view whole = text.substr(0, dot);
  std::string_view part = dot == std::string_view::npos ? "" : text.substr(dot + 1);
  if (whole.empty() || whole.size() > 9 || part.size() > 2) return std::nullopt;
  if (dot != std::string_view::npos && part.empty()) return std::nullopt;
  std::int64_t fen = 0;
  for (const char c : whole) {
    if (c < '0' || c > '9') return std::nullopt;
    fen = fen * 10 + (c - '0');
  }
  for (std::size_t i = 0; i < 2; ++i) {
    const char c = i < part.size() ? part[i] : '0';
    if (c < '0' || c > '9') return std::nullopt;
    fen = fen * 10 + (c - '0');
  }
  return Fen(fen);
}

}  // namespace yijuan
