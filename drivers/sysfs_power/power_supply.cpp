#include "drivers/sysfs_power/power_supply.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace yijuan::sysfs_power {
namespace {

constexpr int kFull = 100;

std::optional<int> number(const std::string& text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return {};
  return value;
}

/// Adds one supply after the other.
class Sum {
 public:
  void add(const SupplyText& supply);
  Supplies take();

 private:
  void add_battery(const SupplyText& supply);
  void complain(const SupplyText& supply, std::string_view file);

  Supplies all_;
  std::optional<bool> charged_;  // from a battery's own word: mains is there
};

void Sum::complain(const SupplyText& supply, std::string_view file) {
  all_.trouble +=
      fmt::format("{}{}/{} makes no sense", all_.trouble.empty() ? "" : "; ", supply.name, file);
}

void Sum::add_battery(const SupplyText& supply) {
  const auto percent = number(supply.capacity);
  if (percent && *percent >= 0 && *percent <= kFull) {
    all_.power.battery_percent = std::min(all_.power.battery_percent.value_or(kFull), *percent);
  } else if (!supply.capacity.empty()) {
    complain(supply, "capacity");
  }
  if (supply.status == "Discharging") {
    charged_ = false;
  } else if (supply.status == "Charging" || supply.status == "Full" ||
             supply.status == "Not charging") {
    charged_ = charged_.value_or(true);
  }
}

void Sum::add(const SupplyText& supply) {
  if (supply.type.empty() || supply.scope == "Device" || supply.present == "0") return;
  all_.names.push_back(supply.name);
  if (supply.type == "Battery" || supply.type == "UPS") return add_battery(supply);
  const auto online = number(supply.online);
  if (online) all_.power.mains = all_.power.mains.value_or(false) || *online > 0;
  if (!online && !supply.online.empty()) complain(supply, "online");
}

Supplies Sum::take() {
  if (!all_.power.mains) all_.power.mains = charged_;
  return std::move(all_);
}

}  // namespace

Supplies understand(std::span<const SupplyText> supplies) {
  Sum sum;
  for (const SupplyText& supply : supplies) sum.add(supply);
  return sum.take();
}

}  // namespace yijuan::sysfs_power
