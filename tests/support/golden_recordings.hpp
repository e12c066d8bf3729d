// A field fault becomes a test: every recording in a driver's folder recordings/ is played to the
// driver, whose facts must be those of the file beside it. NAME.rec is what boxctl record wrote,
// NAME.facts what boxctl replay printed, NAME.toml the device's section of kiosk.toml; NAME begins
// with the section: coin_…, note_…, printer_… (which is read out in words, and needs no NAME.toml).
#pragma once

#include <filesystem>

#include "ports/driver.hpp"

namespace yijuan::test {

/// Fails for each recording whose facts differ, and if `folder` has fewer than `least`.
void expect_golden_recordings(const std::filesystem::path& folder, const Driver& driver,
                              std::size_t least);

}  // namespace yijuan::test
