// A USB stick that carries batches from a box to the office and cosigned checkpoints back, for
// boxes without a network. What is on a stick may have been put there by anybody: only regular
// files of our names are read, within bounds, never through a link, and nothing on it is run.
//
//   yijuan/<box>/<epoch>/000000000050.batch   a batch as in protocol.md, packed, from seq 50 on
//   yijuan/<box>/<epoch>/cosigned             the newest note of this log that the ledger cosigned
//   yijuan/<box>/epochs.json                  certificates of logs that the box began by itself
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/result.hpp"

namespace yijuan::sync {

inline constexpr std::size_t kLargestStickFile = std::size_t{700} * 1024;
inline constexpr std::size_t kMostStickFiles = 10'000;  // in one folder
inline constexpr const char* kStickFolder = "yijuan";
inline constexpr const char* kCosignedFile = "cosigned";
inline constexpr const char* kEpochsFile = "epochs.json";

std::string batch_file_name(Seq first);
/// Nothing if it is not such a name.
std::optional<Seq> parse_batch_file_name(std::string_view name);

/// A small regular file. IoErrc::cannot_open, or failed with why it is not read (a link, a pipe,
/// too large).
Result<std::string> read_stick_file(const std::filesystem::path& path, std::size_t most);
/// Names in a real folder (not behind a link), in order; at most kMostStickFiles.
Result<std::vector<std::string>> stick_names(const std::filesystem::path& folder);
/// Makes the folders of `path` below `stick` that are missing; none may be a link.
Result<void> make_stick_folder(const std::filesystem::path& stick,
                               const std::filesystem::path& path);
/// A name from a stick as it may be shown on a terminal.
std::string shown_name(std::string_view name);

}  // namespace yijuan::sync
