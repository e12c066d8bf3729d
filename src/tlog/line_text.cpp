#include "tlog/line_text.hpp"

#include <charconv>

namespace yijuan::tlog {

std::optional<std::string_view> take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

std::optional<std::uint64_t> parse_decimal(std::string_view text, std::uint64_t most) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.begin(), text.end(), number);
  const bool canonical = text == "0" || (!text.empty() && text.front() != '0');
  if (error != std::errc() || end != text.end() || !canonical || number > most) {
    return std::nullopt;
  }
  return number;
}

}  // namespace yijuan::tlog
