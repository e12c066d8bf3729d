#include "drivers/sysfs_power/power_supply.hpp"

#include <algorithm>
#include <charconv>
#include <string>
#include <system_error>

#include "io/files.hpp"

namespace yijuan::sysfs_power {
namespace {

constexpr std::size_t kLargestFile = 4096;
constexpr int kMostSupplies = 64;
constexpr int kFull = 100;

std::string word(const std::filesystem::path& file) {
  auto content = read_file(file, kLargestFile);
  if (!content) return {};
  while (!content->empty() && content->back() == '\n') content->pop_back();
  return *content;
}

std::optional<int> number(const std::string& text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return {};
  return value;
}

struct Seen {
  Power power;
  std::optional<bool> charged;  // from a battery's own word: mains is there
};

void add_battery(const std::filesystem::path& supply, Seen& seen) {
  const auto percent = number(word(supply / "capacity"));
  if (percent && *percent >= 0 && *percent <= kFull) {
    seen.power.battery_percent = std::min(seen.power.battery_percent.value_or(kFull), *percent);
  }
  const std::string status = word(supply / "status");
  if (status == "Discharging") {
    seen.charged = false;
  } else if (status == "Charging" || status == "Full" || status == "Not charging") {
    seen.charged = seen.charged.value_or(true);
  }
}

void add(const std::filesystem::path& supply, Seen& seen) {
  const std::string type = word(supply / "type");
  if (type.empty() || word(supply / "scope") == "Device" || word(supply / "present") == "0") return;
  if (type == "Battery" || type == "UPS") return add_battery(supply, seen);
  const auto online = number(word(supply / "online"));
  if (online) seen.power.mains = seen.power.mains.value_or(false) || *online > 0;
}

}  // namespace

Power read_power(const std::filesystem::path& folder) {
  Seen seen;
  std::error_code error;
  std::filesystem::directory_iterator each(folder, error);
  const std::filesystem::directory_iterator end;
  for (int count = 0; !error && each != end && count < kMostSupplies; ++count) {
    add(each->path(), seen);
    each.increment(error);
  }
  if (!seen.power.mains) seen.power.mains = seen.charged;
  return seen.power;
}

}  // namespace yijuan::sysfs_power
