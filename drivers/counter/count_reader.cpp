#include "drivers/counter/count_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "drivers/counter/errc.hpp"

namespace yijuan::counter {
namespace {

constexpr std::size_t kLongestLine = 200;
constexpr std::size_t kMostUnbroken = 2000;
constexpr std::size_t kMostLines = 64;  // values of one report
constexpr int kMostNonsense = 200;      // lines; then it is another machine, or another speed
constexpr std::uint64_t kMostPieces = 10'000'000;
constexpr Fen kLargestValue = yuan(100);
constexpr std::uint8_t kEscape = 0x1B;
constexpr std::uint8_t kFirstLead = 0x81;
constexpr std::uint8_t kLastLead = 0xFE;
constexpr char kForeign = '?';  // stands for a character that is not ASCII

bool is_digit(char letter) {
  return letter >= '0' && letter <= '9';
}

}  // namespace

void CountReader::forget() {
  lines_.clear();
  unread_.clear();
  refused_.clear();
  nonsense_ = 0;
}

Error CountReader::abandon() {
  const std::string what = unread_.empty()
                               ? fmt::format("{} lines came", lines_.size())
                               : fmt::format("{} lines came, and \"{}\"", lines_.size(), unread_);
  forget();
  line_.clear();
  damaged_ = too_long_ = lead_ = false;
  skip_ = 0;
  unbroken_ = 0;
  return {CounterErrc::half, what};
}

std::optional<CountReader::Report> CountReader::push(MarkedByte byte) {
  if (++unbroken_ > kMostUnbroken) {
    (void)abandon();
    return Report(Error(CounterErrc::garbage, "it never ends a line"));
  }
  const auto letter = static_cast<char>(byte.value);
  if (byte.damaged) {
    damaged_ = true;
    return std::nullopt;
  }
  if (letter != '\n' && letter != '\r') {
    keep(byte.value);
    return std::nullopt;
  }
  lead_ = false;
  skip_ = 0;
  unbroken_ = 0;
  return end_line();
}

void CountReader::keep(std::uint8_t byte) {
  const auto letter = static_cast<char>(byte);
  if (std::exchange(lead_, false)) {
    skip_ = is_digit(letter) ? 2 : 0;  // a four-byte character has a digit second
    return;
  }
  if (skip_ > 0) {
    --skip_;
    return;
  }
  if (byte == kEscape) {
    skip_ = 1;  // a printer's command: its letter is no text
    return;
  }
  if (byte < ' ' && letter != '\t') return;
  lead_ = model_.encoding == Encoding::gb18030 && byte >= kFirstLead && byte <= kLastLead;
  if (line_.size() >= kLongestLine) {
    too_long_ = true;
  } else {
    line_.push_back(byte > '~' ? kForeign : letter);
  }
}

std::string CountReader::printable() const {
  constexpr std::size_t kShown = 60;
  return line_.substr(0, kShown);
}

std::optional<CountReader::Report> CountReader::end_line() {
  const bool whole = !damaged_ && !too_long_;
  const auto total = whole ? model_.total.match(line_) : std::nullopt;
  const auto parts = whole && !total ? model_.line.match(line_) : std::nullopt;
  std::optional<Report> done;
  if (total) {
    done = close(*total);
    forget();
  } else if (parts) {
    if (auto refused = add(*parts); refused && refused_.empty()) refused_ = refused->detail();
    nonsense_ = 0;
  } else if (!line_.empty() || damaged_) {
    const bool numbers = std::ranges::any_of(line_, is_digit);
    if ((damaged_ || numbers) && !lines_.empty() && unread_.empty()) unread_ = printable();
    if (++nonsense_ > kMostNonsense) {
      done = Report(Error(CounterErrc::garbage, printable()));
      forget();
    }
  }
  line_.clear();
  damaged_ = too_long_ = false;
  return done;
}

std::optional<Error> CountReader::add(const Parts& parts) {
  const auto contradiction = [this](std::string_view why) {
    return Error(CounterErrc::contradiction, fmt::format("\"{}\": {}", printable(), why));
  };
  const Fen value = *parts.value;
  if (value <= Fen(0) || value > kLargestValue) return contradiction("no such coin or note");
  if (parts.sum && parts.sum->count() % value.count() != 0) {
    return contradiction("the sum is no multiple of the value");
  }
  const std::uint64_t pieces =
      parts.pieces ? *parts.pieces : static_cast<std::uint64_t>(parts.sum->count() / value.count());
  if (pieces > kMostPieces) return contradiction("more pieces than any machine counts");
  const auto worth = static_cast<std::int64_t>(pieces) * value.count();
  if (parts.sum && parts.sum->count() != worth) {
    return contradiction("pieces and sum do not agree");
  }
  const auto same = std::ranges::find(lines_, value, &CountedPieces::value);
  if (same != lines_.end()) return contradiction("the value is in the report twice");
  if (lines_.size() >= kMostLines) return contradiction("more values than any machine knows");
  lines_.push_back({.value = value, .pieces = pieces});
  return std::nullopt;
}

CountReader::Report CountReader::close(const Parts& total) {
  if (!refused_.empty()) return Error(CounterErrc::contradiction, refused_);
  std::uint64_t pieces = 0;
  std::int64_t sum = 0;
  for (const CountedPieces& line : lines_) {
    pieces += line.pieces;
    sum += static_cast<std::int64_t>(line.pieces) * line.value.count();
  }
  const std::string hint = unread_.empty() ? "" : fmt::format("; not read: \"{}\"", unread_);
  if (total.pieces && *total.pieces != pieces) {
    return Error(
        CounterErrc::contradiction,
        fmt::format("the lines are {} pieces, its own sum {}{}", pieces, *total.pieces, hint));
  }
  if (total.sum && total.sum->count() != sum) {
    return Error(CounterErrc::contradiction, fmt::format("the lines are {} fen, its own sum {}{}",
                                                         sum, total.sum->count(), hint));
  }
  std::vector<CountedPieces> counted = lines_;
  std::erase_if(counted, [](const CountedPieces& line) { return line.pieces == 0; });
  std::ranges::sort(counted, {}, &CountedPieces::value);
  return counted;
}

}  // namespace yijuan::counter
