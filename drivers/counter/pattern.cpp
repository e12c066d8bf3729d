#include "drivers/counter/pattern.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "drivers/counter/errc.hpp"

namespace yijuan::counter {
namespace {

constexpr std::size_t kLongestPattern = 200;
constexpr std::size_t kMostDigits = 12;  // so that no amount can overflow
constexpr std::size_t kGroup = 3;
constexpr std::int64_t kTen = 10;

bool is_digit(char letter) {
  return letter >= '0' && letter <= '9';
}

bool is_blank(char letter) {
  return letter == ' ' || letter == '\t';
}

char small(char letter) {
  return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

/// A number as written: digits without commas, and the digits behind the point.
struct Written {
  std::string whole;
  std::string behind;
};

/// Takes "1,234.50" off the front of `line`.
std::optional<Written> take_number(std::string_view& line) {
  Written number;
  std::size_t at = 0;
  while (at < line.size()) {
    if (is_digit(line[at])) {
      number.whole.push_back(line[at++]);
      continue;
    }
    const auto digits = [&line](std::size_t from) {
      std::size_t count = 0;
      while (from + count < line.size() && is_digit(line[from + count])) ++count;
      return count;
    };
    if (at == 0 || line[at] != ',' || digits(at + 1) != kGroup) break;
    ++at;
  }
  if (number.whole.empty() || number.whole.size() > kMostDigits) return std::nullopt;
  if (at + 1 < line.size() && line[at] == '.' && is_digit(line[at + 1])) {
    ++at;
    while (at < line.size() && is_digit(line[at])) number.behind.push_back(line[at++]);
  }
  line.remove_prefix(at);
  return number;
}

std::int64_t to_integer(std::string_view digits) {
  std::int64_t value = 0;
  (void)std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

/// Nothing where it is no whole number of fen.
std::optional<Fen> to_amount(const Written& number, Fen unit) {
  std::int64_t fen = to_integer(number.whole) * unit.count();
  std::int64_t place = unit.count();
  for (const char digit : number.behind) {
    if (place < kTen && digit != '0') return std::nullopt;
    place /= kTen;
    fen += place * (digit - '0');
  }
  return Fen(fen);
}

}  // namespace

std::optional<Pattern::Kind> Pattern::kind_of(std::string_view name) {
  static constexpr std::array<std::pair<std::string_view, Kind>, 5> kNames = {{
      {"value", Kind::value},
      {"pieces", Kind::pieces},
      {"sum", Kind::sum},
      {"number", Kind::number},
      {"text", Kind::text},
  }};
  for (const auto& [known, kind] : kNames) {
    if (known == name) return kind;
  }
  return std::nullopt;
}

Result<Pattern> Pattern::parse(std::string_view text, Fen unit) {
  const auto bad = [text](std::string_view why) {
    return Error(CounterErrc::bad_pattern, fmt::format("\"{}\": {}", text, why));
  };
  if (text.size() > kLongestPattern) return bad("too long");
  Pattern made;
  made.unit_ = unit;
  for (std::string_view rest = trim(text); !rest.empty();) {
    if (rest.front() == '{') {
      const auto end = rest.find('}');
      const auto kind =
          end == std::string_view::npos ? std::nullopt : kind_of(rest.substr(1, end - 1));
      if (!kind) return bad("a brace that names no part");
      const bool once = *kind == Kind::value || *kind == Kind::pieces || *kind == Kind::sum;
      if (once && made.names(*kind)) return bad("names a part twice");
      made.pieces_.push_back({*kind, {}});
      rest.remove_prefix(end + 1);
    } else if (is_blank(rest.front())) {
      made.pieces_.push_back({Kind::blank, {}});
      while (is_blank(rest.front())) rest.remove_prefix(1);
    } else {
      const char letter = small(rest.front());
      if (letter <= ' ' || letter > '~') return bad("letters must be ASCII; use {text}");
      if (made.pieces_.empty() || made.pieces_.back().kind != Kind::letters) {
        made.pieces_.push_back({Kind::letters, {}});
      }
      made.pieces_.back().letters.push_back(letter);
      rest.remove_prefix(1);
    }
  }
  return made;
}

bool Pattern::names(Kind kind) const {
  return std::ranges::any_of(pieces_, [kind](const Piece& piece) { return piece.kind == kind; });
}

void Pattern::skip_text(std::size_t piece, std::string_view& line) const {
  std::size_t next = piece + 1;
  while (next < pieces_.size() && pieces_[next].kind == Kind::blank) ++next;
  const bool to_letter = next < pieces_.size() && pieces_[next].kind == Kind::letters;
  const char end = to_letter ? pieces_[next].letters.front() : '\0';
  while (!line.empty() && !is_digit(line.front())) {
    if (to_letter && small(line.front()) == end) return;
    line.remove_prefix(1);
  }
}

bool Pattern::take(std::size_t piece, std::string_view& line, Parts& parts) const {
  const auto& [kind, letters] = pieces_[piece];
  if (kind == Kind::blank) {
    while (!line.empty() && is_blank(line.front())) line.remove_prefix(1);
    return true;
  }
  if (kind == Kind::text) {
    skip_text(piece, line);
    return true;
  }
  if (kind == Kind::letters) {
    const auto same = [](char ours, char theirs) { return ours == small(theirs); };
    if (line.size() < letters.size()) return false;
    if (!std::ranges::equal(letters, line.substr(0, letters.size()), same)) return false;
    line.remove_prefix(letters.size());
    return true;
  }
  const auto number = take_number(line);
  if (!number) return false;
  if (kind == Kind::value) parts.value = to_amount(*number, unit_);
  if (kind == Kind::sum) parts.sum = to_amount(*number, unit_);
  if (kind == Kind::pieces && number->behind.empty()) {
    parts.pieces = static_cast<std::uint64_t>(to_integer(number->whole));
  }
  return kind == Kind::number || (kind == Kind::value && parts.value) ||
         (kind == Kind::sum && parts.sum) || (kind == Kind::pieces && parts.pieces);
}

std::optional<Parts> Pattern::match(std::string_view line) const {
  Parts parts;
  line = trim(line);
  for (std::size_t piece = 0; piece < pieces_.size(); ++piece) {
    if (!take(piece, line, parts)) return std::nullopt;
  }
  if (!line.empty()) return std::nullopt;
  return parts;
}

}  // namespace yijuan::counter
