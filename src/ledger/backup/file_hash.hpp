// SHA-256 of a large file, piece by piece. Blocking.
#pragma once

#include <filesystem>
#include <functional>

#include "base/hash.hpp"
#include "base/result.hpp"

namespace yijuan::ledger {

struct FileHash {
  std::uint64_t bytes = 0;
  Hash hash{};
  friend bool operator==(const FileHash&, const FileHash&) = default;
};

/// `each` gets every piece in order, for a copy; an error from it ends the reading.
Result<FileHash> hash_file(
    const std::filesystem::path& file,
    const std::function<Result<void>(std::string_view piece, std::uint64_t done)>& each);

/// Copies a file that must not be there yet; durable with its folder when it returns.
Result<FileHash> copy_and_hash(const std::filesystem::path& from, const std::filesystem::path& to,
                               const std::function<Result<void>(std::uint64_t done)>& each);

}  // namespace yijuan::ledger
