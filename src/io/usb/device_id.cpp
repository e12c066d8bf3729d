#include "io/usb/device_id.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace yijuan::usb {
namespace {

constexpr std::size_t kLengthBytes = 2;
constexpr std::size_t kLongestValue = 64;

std::string printable(std::string_view text) {
  std::string clean;
  for (const char c : text) {
    if (c >= ' ' && c <= '~' && clean.size() < kLongestValue) clean += c;
  }
  const std::size_t first = clean.find_first_not_of(' ');
  if (first == std::string::npos) return {};
  return clean.substr(first, clean.find_last_not_of(' ') - first + 1);
}

std::string capitals(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

std::string* field(DeviceId& id, const std::string& key) {
  if (key == "MFG" || key == "MANUFACTURER") return &id.maker;
  if (key == "MDL" || key == "MODEL") return &id.model;
  if (key == "SN" || key == "SERN" || key == "SERIALNUMBER") return &id.serial;
  if (key == "CMD" || key == "COMMAND SET") return &id.commands;
  return nullptr;
}

// The text after the length, where the length can be believed; all of it where it cannot.
std::string_view text_of(BytesView answer) {
  if (answer.size() < kLengthBytes) return {};
  const std::string_view text = as_text(answer.subspan(kLengthBytes));
  const std::size_t high_first = answer[0] * std::size_t{256} + answer[1];
  const std::size_t low_first = answer[1] * std::size_t{256} + answer[0];
  for (const std::size_t told : {high_first, low_first}) {
    if (told >= kLengthBytes && told <= answer.size()) return text.substr(0, told - kLengthBytes);
  }
  return text;
}

}  // namespace

DeviceId parse_device_id(BytesView answer) {
  DeviceId id;
  std::string_view rest = text_of(answer);
  while (!rest.empty()) {
    const std::string_view one = rest.substr(0, rest.find(';'));
    rest.remove_prefix(std::min(rest.size(), one.size() + 1));
    const std::size_t colon = one.find(':');
    if (colon == std::string_view::npos) continue;
    std::string* value = field(id, capitals(printable(one.substr(0, colon))));
    if (value != nullptr && value->empty()) *value = printable(one.substr(colon + 1));
  }
  return id;
}

}  // namespace yijuan::usb
