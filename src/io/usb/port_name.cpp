#include "io/usb/port_name.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "io/errc.hpp"

namespace yijuan::usb {
namespace {

constexpr std::size_t kIdDigits = 4;
constexpr int kHexadecimal = 16;
constexpr std::size_t kLongestSerial = 126;  // of a USB string, in characters
constexpr std::string_view kSerial = "serial=";
constexpr std::string_view kPath = "path=";

std::optional<std::uint16_t> parse_id(std::string_view text) {
  std::uint16_t value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value, kHexadecimal);
  if (text.size() != kIdDigits || error != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return value;
}

// "1-1.2": a bus, and the sockets from it on.
bool is_path(std::string_view text) {
  const std::size_t dash = text.find('-');
  if (dash == 0 || dash == std::string_view::npos || dash + 1 == text.size()) return false;
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  if (!std::ranges::all_of(text.substr(0, dash), digit)) return false;
  bool number = false;
  for (const char c : text.substr(dash + 1)) {
    if (!digit(c) && (c != '.' || !number)) return false;
    number = digit(c);
  }
  return number;
}

Error bad(std::string_view place) {
  return {IoErrc::bad_name,
          fmt::format("\"usb:{}\": must be usb: alone, usb:0416:5011 (four hexadecimal digits "
                      "each), usb:serial=S or usb:path=1-1.2",
                      place)};
}

}  // namespace

bool PortName::matches(const Seen& seen) const {
  if (ids && (ids->vendor != seen.vendor || ids->product != seen.product)) return false;
  if (!serial.empty() && serial != seen.serial) return false;
  return path.empty() || path == seen.path;
}

Result<PortName> parse_port_name(std::string_view place) {
  PortName name;
  if (place.empty()) return name;
  if (place.starts_with(kSerial)) {
    name.serial = place.substr(kSerial.size());
    if (name.serial.empty() || name.serial.size() > kLongestSerial) return bad(place);
    return name;
  }
  if (place.starts_with(kPath)) {
    name.path = place.substr(kPath.size());
    if (!is_path(name.path)) return bad(place);
    return name;
  }
  const std::size_t colon = place.find(':');
  if (colon == std::string_view::npos) return bad(place);
  const auto vendor = parse_id(place.substr(0, colon));
  const auto product = parse_id(place.substr(colon + 1));
  if (!vendor || !product) return bad(place);
  name.ids = PortName::Ids{*vendor, *product};
  return name;
}

std::string describe(const Seen& seen) {
  std::string text = fmt::format("{:04x}:{:04x}", seen.vendor, seen.product);
  if (!seen.maker.empty()) text += " " + seen.maker;
  if (!seen.model.empty()) text += " " + seen.model;
  text += seen.serial.empty() ? ", no serial" : ", serial " + seen.serial;
  return text + " (usb:path=" + seen.path + ")";
}

std::string describe(const std::vector<Seen>& seen) {
  std::string text;
  for (const Seen& one : seen) text += (text.empty() ? "" : "; ") + describe(one);
  return text.empty() ? "none" : text;
}

}  // namespace yijuan::usb
