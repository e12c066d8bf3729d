// A slip as a picture of the paper that a person would hold: 203 dpi, one pixel a dot, with the
// margins that the head does not reach.
#pragma once

#include <filesystem>
#include <string>

#include "drivers/escpos/fake_slip.hpp"

namespace yijuan::sim_printer {

/// Writes `slip` as a PNG; `dots` is the width of the print area, 384 or 576. False, and why, if
/// the file cannot be written.
bool write_png(const escpos_fake::Slip& slip, int dots, const std::filesystem::path& path,
               std::string& why);

}  // namespace yijuan::sim_printer
