#include "base/ids.hpp"

#include <algorithm>

namespace yijuan {
namespace {

bool is_lower_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool is_label(std::string_view text, std::size_t limit) {
  return !text.empty() && text.size() <= limit && is_lower_or_digit(text.front()) &&
         std::ranges::all_of(text, [](char c) { return is_lower_or_digit(c) || c == '-'; });
}

}  // namespace

bool is_box_id(std::string_view text) {
  return is_label(text, 32);
}

bool is_epoch_id(std::string_view text) {
  return text.size() == 8 && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

bool is_log_domain(std::string_view text) {
  if (text.size() > 200) return false;
  while (true) {
    const std::size_t dot = text.find('.');
    if (!is_label(text.substr(0, dot), 63)) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

std::optional<Origin> Origin::parse(std::string_view text) {
  const std::size_t first = text.find('/');
  const std::size_t last = text.rfind('/');
  constexpr std::string_view kBox = "/box/";
  if (first == std::string_view::npos || last < first + kBox.size() ||
      text.substr(first, kBox.size()) != kBox) {
    return std::nullopt;
  }
  Origin origin{.domain = std::string(text.substr(0, first)),
                .box = std::string(text.substr(first + kBox.size(), last - first - kBox.size())),
                .epoch = std::string(text.substr(last + 1))};
  if (!is_log_domain(origin.domain) || !is_box_id(origin.box) || !is_epoch_id(origin.epoch)) {
    return std::nullopt;
  }
  return origin;
}

std::string Origin::text() const {
  return domain + "/box/" + box + "/" + epoch;
}

std::optional<OfficeOrigin> OfficeOrigin::parse(std::string_view text) {
  constexpr std::string_view kOffice = "/office/";
  const std::size_t at = text.find(kOffice);
  if (at == std::string_view::npos) return std::nullopt;
  OfficeOrigin origin{.domain = std::string(text.substr(0, at)), .number = 0};
  const std::string_view digits = text.substr(at + kOffice.size());
  if (digits.empty() || digits.size() > 9 || digits.front() == '0') return std::nullopt;
  for (const char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
    origin.number = origin.number * 10 + static_cast<std::uint64_t>(c - '0');
  }
  if (!is_log_domain(origin.domain)) return std::nullopt;
  return origin;
}

std::string OfficeOrigin::text() const {
  return domain + "/office/" + std::to_string(number);
}

}  // namespace yijuan
