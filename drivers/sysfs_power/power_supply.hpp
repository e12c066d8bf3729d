// Mains and battery from what the kernel's files of a machine's supplies say: pure. What is missing
// is left out; what makes no sense is left out and named.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace yijuan::sysfs_power {

/// One supply's files, as text; empty where there is none.
struct SupplyText {
  std::string name;  // "BAT0"
  std::string type, scope, present, online, capacity, status;
};

struct Power {
  std::optional<bool> mains;  // nothing: the machine cannot tell
  std::optional<int> battery_percent;
  friend bool operator==(const Power&, const Power&) = default;
};

struct Supplies {
  Power power;
  std::vector<std::string> names;  // of those that count
  std::string trouble;             // which files make no sense, for people; empty: none
};

/// Mains is there if any supply that is no battery is online; without such a supply, if no battery
/// (or UPS) discharges. The battery is the emptiest. Batteries of peripherals (a wireless mouse) do
/// not count.
Supplies understand(std::span<const SupplyText> supplies);

}  // namespace yijuan::sysfs_power
