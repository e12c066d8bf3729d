// The office's log in a folder on another disk or host: for each log a file of its lines and, once
// those are durable, its checkpoint. Lines beyond the checkpoint are of a write that was cut.
// Blocking.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "ledger/office/office_key.hpp"
#include "tlog/checkpoint.hpp"

namespace yijuan::ledger {

struct CopiedLog {
  std::string note;
  tlog::Checkpoint checkpoint;  // as the note says, signed or not
  std::vector<std::string> lines;
};

class CopyFolder {
 public:
  explicit CopyFolder(std::filesystem::path path) : path_(std::move(path)) {}

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  /// Nothing if there is none. LedgerErrc::copy_unfit if its lines do not give its root.
  [[nodiscard]] Result<std::optional<CopiedLog>> read(const std::string& origin) const;
  /// Goes on after the lines that read() gave, or that were appended since. Durable when it
  /// returns. REQUIRES: `note` is of the size that the log has then.
  Result<void> append(const std::string& origin, std::span<const std::string> lines,
                      const std::string& note);
  /// How many lines are there for certain; nothing before begin() or after an error.
  [[nodiscard]] std::optional<std::uint64_t> size(const std::string& origin) const;
  /// Makes the folder ready to go on after `copied`.
  void begin(const std::string& origin, const std::optional<CopiedLog>& copied);

 private:
  struct End {
    std::uint64_t lines = 0;
    std::uint64_t bytes = 0;
  };
  [[nodiscard]] std::filesystem::path file(const std::string& origin, const char* kind) const;

  std::filesystem::path path_;
  std::map<std::string, End> ends_;
};

/// Of the log with the highest number that is there and that the key signed; nothing if none is.
Result<std::optional<CopiedLog>> newest_in_copy(const CopyFolder& folder, const OfficeKey& key);

}  // namespace yijuan::ledger
