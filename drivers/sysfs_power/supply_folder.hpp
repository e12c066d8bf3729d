// The kernel's folder of supplies, /sys/class/power_supply, as text. Reads files and nothing else.
#pragma once

#include <filesystem>

#include "base/result.hpp"
#include "drivers/sysfs_power/power_supply.hpp"

namespace yijuan::sysfs_power {

/// By name. IoErrc::cannot_open where the folder is not there; an empty one is no error.
Result<std::vector<SupplyText>> read_supplies(const std::filesystem::path& folder);

}  // namespace yijuan::sysfs_power
