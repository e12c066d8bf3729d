// boxctl record and boxctl replay: a device's real bytes to a file, and a file to its driver.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "kiosk/kiosk_config.hpp"

namespace yijuan::kiosk {

/// Asks the running kioskd for `device`'s bytes and writes them to `file`, which must not exist.
/// Both give the command's exit code.
int record_device(const KioskConfig& config, const std::string& device,
                  const std::filesystem::path& file, std::int64_t seconds);

/// Plays `file` to the driver that the section `device` names, on simulated time, and prints the
/// facts it reports. 1 if the driver does something else than the recorded one did. A printer's is
/// read out in words instead: the slips that its driver was asked for are not in a recording.
int replay_device(KioskConfig& config, const std::string& device,
                  const std::filesystem::path& file);

}  // namespace yijuan::kiosk
