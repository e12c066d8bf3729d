#include "io/pipe_text.hpp"

#include <charconv>

namespace yijuan {
namespace {

constexpr std::size_t kLongestLine = 32;
constexpr std::string_view kDigits = "0123456789";
constexpr std::size_t kNanoDigits = 9;
constexpr std::int64_t kMostSeconds = 1'000'000'000;

std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// "48201.125", as nanoseconds.
std::optional<Instant> seconds_of(std::string_view text) {
  if (text.find_first_not_of("0123456789.") != std::string_view::npos) return std::nullopt;
  const auto dot = text.find('.');
  const auto whole = number(text.substr(0, dot));
  if (!whole || *whole > kMostSeconds) return std::nullopt;
  std::string fraction(dot == std::string_view::npos ? "" : text.substr(dot + 1));
  if (fraction.size() > kNanoDigits) return std::nullopt;
  fraction.resize(kNanoDigits, kDigits.front());
  const auto nanoseconds = number(fraction);
  if (!nanoseconds) return std::nullopt;
  return std::chrono::seconds(*whole) + std::chrono::nanoseconds(*nanoseconds);
}

}  // namespace

std::optional<LineEdge> parse_pipe_line(std::string_view line, Instant now) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (line.empty() || (line.front() != '0' && line.front() != '1')) return std::nullopt;
  LineEdge edge{.high = line.front() == '1', .at = now};
  if (line.size() == 1) return edge;
  if (line[1] != ' ') return std::nullopt;
  const auto at = seconds_of(line.substr(2));
  if (!at) return std::nullopt;
  edge.at = *at;
  return edge;
}

void PipeText::end_line(Instant now, PipeEdges& into) {
  const auto edge = too_long_ ? std::nullopt : parse_pipe_line(held_, now);
  held_.clear();
  too_long_ = false;
  if (edge) {
    into.edges.push_back(*edge);
  } else {
    ++into.dropped;
  }
}

PipeEdges PipeText::feed(std::string_view text, Instant now) {
  PipeEdges found;
  for (const char each : text) {
    if (each == '\n') {
      end_line(now, found);
    } else if (held_.size() < kLongestLine) {
      held_ += each;
    } else {
      too_long_ = true;
    }
  }
  return found;
}

}  // namespace yijuan
