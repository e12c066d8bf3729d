#include "drivers/sysfs_power/signal.hpp"

#include <charconv>
#include <string_view>

namespace yijuan::sysfs_power {
namespace {

constexpr std::size_t kLongestLine = 128;
constexpr std::size_t kMostBytes = 4096;
constexpr std::string_view kAnswer = "+CSQ:";
constexpr int kStrongest = 31;
constexpr int kWhole = 100;

std::optional<int> percent_of(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  int level = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), level);
  const bool ended = end == text.data() + text.size() || *end == ',';
  if (error != std::errc() || !ended || level < 0 || level > kStrongest) return std::nullopt;
  return (level * kWhole + kStrongest / 2) / kStrongest;
}

}  // namespace

void SignalReader::take_line() {
  const std::string_view line = line_;
  if (line.starts_with(kAnswer)) percent_ = percent_of(line.substr(kAnswer.size()));
  if (line == "OK") done_ = true;
  if (line == "ERROR" || line.starts_with("+CME ERROR")) {
    percent_.reset();
    done_ = true;
  }
  line_.clear();
}

bool SignalReader::feed(BytesView bytes) {
  for (const std::uint8_t byte : bytes) {
    if (done_) return true;
    if (++seen_ > kMostBytes) {
      percent_.reset();
      done_ = true;
    } else if (byte == '\r' || byte == '\n') {
      take_line();
    } else if (line_.size() < kLongestLine) {
      line_ += static_cast<char>(byte);
    }
  }
  return done_;
}

}  // namespace yijuan::sysfs_power
