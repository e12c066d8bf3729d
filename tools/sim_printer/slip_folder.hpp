// Where cut slips are kept: NNNN.bin (the bytes), NNNN.txt, NNNN.png, numbered from what the
// folder holds already. Each file appears whole.
#pragma once

#include <filesystem>
#include <string>

#include "drivers/escpos/fake_slip.hpp"

namespace yijuan::sim_printer {

class SlipFolder {
 public:
  /// Makes the folder. Throws std::filesystem::filesystem_error.
  SlipFolder(std::filesystem::path folder, int dots);

  /// False, with a line on standard error, if a file cannot be written.
  bool keep(const escpos_fake::Slip& slip);
  [[nodiscard]] int kept() const { return kept_; }

 private:
  std::filesystem::path folder_;
  int dots_;
  int last_ = 0;
  int kept_ = 0;
};

/// Writes `text` to `path` so that a reader sees all of it or nothing.
bool write_whole(const std::filesystem::path& path, std::string_view text);

}  // namespace yijuan::sim_printer
