// Ballast: a file of real blocks that is given up when the disk is full, so that what happens last
// (the coin already fallen, the fault itself) can still be journaled.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.hpp"
#include "journal/disk.hpp"

namespace yijuan::journal {

class Reserve {
 public:
  Reserve(Disk& disk, std::string path, std::uint64_t bytes)
      : disk_(&disk), path_(std::move(path)), bytes_(bytes) {}

  /// Makes the file where it is missing or short. JournalErrc::disk_full, write_failed.
  Result<void> fill();
  /// False if there is nothing to give up.
  bool give_up();
  [[nodiscard]] bool given_up() const { return given_up_; }

 private:
  Disk* disk_;
  std::string path_;
  std::uint64_t bytes_;
  bool given_up_ = false;
};

}  // namespace yijuan::journal
