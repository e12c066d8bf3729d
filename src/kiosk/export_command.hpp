// `boxctl export`: carries a box's entries to the office on a USB stick, and takes back what the
// ledger cosigned at the last visit.
#pragma once

#include <filesystem>

#include "kiosk/kiosk_config.hpp"

namespace yijuan::kiosk {

/// Reads the cosigned notes on the stick, removes the batches that they cover, and writes those
/// that the ledger does not have. Asks the running kioskd, or the data of a stopped one under its
/// lock. The exit code: 0, or 1 with what happened on stderr.
int export_to_stick(const KioskConfig& config, const std::filesystem::path& stick);

}  // namespace yijuan::kiosk
