// Files of private keys: made with mode 0600, never overwritten, and refused if anyone but their
// owner can read or write them. Blocking: for start-up and commands.
#pragma once

#include <filesystem>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace yijuan {

/// IoErrc::unsafe_key names the file and the chmod that makes it good.
Result<Bytes> read_key_file(const std::filesystem::path& path);
/// IoErrc::exists if there is a file. Synced with its directory when it returns.
Result<void> create_key_file(const std::filesystem::path& path, BytesView key);

}  // namespace yijuan
