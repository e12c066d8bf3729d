// What the journal asks of its disk besides SQLite's own reads and writes: a first start's rename,
// the ballast, and that what was written is durable before it is believed. The system's own, or
// one of the tests that counts every call and fails where it is told to.
//
// Blocking; called by one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/result.hpp"

namespace yijuan::journal {

class Disk {
 public:
  virtual ~Disk() = default;

  /// Held until what is returned goes, or the process ends. JournalErrc::in_use, cannot_open.
  virtual Result<std::shared_ptr<void>> lock(const std::string& path) = 0;
  /// Nothing where there is no such file, and only there. JournalErrc::cannot_open.
  virtual Result<std::optional<std::uint64_t>> size(const std::string& path) = 0;
  /// Fewer bytes at the end of the file; none where it is missing. JournalErrc::cannot_open.
  virtual Result<std::string> read(const std::string& path, std::uint64_t offset,
                                   std::size_t bytes) = 0;
  /// A missing file is fine. False: it could not be removed.
  virtual bool remove(const std::string& path) = 0;
  /// Takes the place of what is there. All that follow: JournalErrc::write_failed.
  virtual Result<void> rename(const std::string& from, const std::string& to) = 0;
  virtual Result<void> sync(const std::string& path) = 0;
  /// Names made, removed and changed in the folder of `path`.
  virtual Result<void> sync_folder(const std::string& path) = 0;
  /// Makes durable what an earlier run wrote and the system may still hold in memory, and forgets
  /// it: what is read from now on is on the disk. After a failed sync the system takes pages for
  /// clean that never reached it. A missing file is fine. JournalErrc::cannot_open.
  virtual Result<void> settle(const std::string& path) = 0;
  /// Makes a file of real blocks, synced, and removes it again if there is less than twice its
  /// size: it must not be what fills the disk the next moment. JournalErrc::disk_full,
  /// write_failed, cannot_open.
  virtual Result<void> reserve(const std::string& path, std::uint64_t bytes) = 0;
};

/// The disk that this machine has.
Disk& system_disk();

}  // namespace yijuan::journal
