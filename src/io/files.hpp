// Small files, whole: read with a bound, written so that a power cut leaves the old or the new.
// Blocking: for start-up and commands.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace yijuan {

/// IoErrc::cannot_open, failed; a file larger than `most` bytes is failed too.
Result<std::string> read_file(const std::filesystem::path& path, std::size_t most);

/// Writes a new file beside `path`, syncs it, renames it over `path` and syncs the directory.
Result<void> write_file_atomically(const std::filesystem::path& path, std::string_view content,
                                   unsigned mode = 0644);

/// Makes a file that must not exist yet (IoErrc::exists), synced with its directory.
Result<void> create_file(const std::filesystem::path& path, std::string_view content,
                         unsigned mode);

/// Makes durable what an earlier run wrote and the system may still hold in memory, and forgets it:
/// what is read from now on is on the disk. After a failed sync the system takes pages for clean
/// that never reached it. A missing file is fine. REQUIRES: no other descriptor of it in this
/// process (closing one drops the process's locks). IoErrc::cannot_open.
Result<void> settle_file(const std::filesystem::path& path);

/// Puts a file or a whole folder in the place of `to` (a folder only where there is none, or an
/// empty one), and syncs the directory of `to`. IoErrc::failed.
Result<void> rename_durably(const std::filesystem::path& from, const std::filesystem::path& to);

/// Makes durable which files are in a folder. IoErrc::failed.
Result<void> sync_folder(const std::filesystem::path& folder);

/// Removes a file so that no power cut brings it back; whether it was there. IoErrc::failed.
Result<bool> remove_file(const std::filesystem::path& path);

}  // namespace yijuan
