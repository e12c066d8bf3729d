// Mains and battery as the kernel tells them in a folder of files, /sys/class/power_supply. Reads
// files and nothing else; what is missing or makes no sense is left out.
#pragma once

#include <filesystem>
#include <optional>

namespace yijuan::sysfs_power {

struct Power {
  std::optional<bool> mains;  // nothing: the machine cannot tell
  std::optional<int> battery_percent;
  friend bool operator==(const Power&, const Power&) = default;
};

/// Mains is there if any supply that is no battery is online; without such a supply, if no battery
/// (or UPS) discharges. The battery is the emptiest. Batteries of peripherals (a wireless mouse) do
/// not count.
Power read_power(const std::filesystem::path& folder);

}  // namespace yijuan::sysfs_power
