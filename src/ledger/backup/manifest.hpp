// What a backup says of itself: `manifest.json` beside `ledger.db`. Written last: a backup without
// one was cut.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/hash.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace yijuan::ledger {

struct Manifest {
  struct Log {
    std::string origin;
    std::uint64_t size = 0;
    Hash root{};
    std::string note;  // its newest checkpoint; empty for none
    friend bool operator==(const Log&, const Log&) = default;
  };
  WallTime made;
  std::string domain;       // of the ledger
  std::uint64_t bytes = 0;  // of ledger.db
  Hash hash{};              // SHA-256 of it
  std::vector<Log> logs;    // in order of their origins
};

std::filesystem::path manifest_file(const std::filesystem::path& folder);
std::filesystem::path backup_file(const std::filesystem::path& folder);

std::string write_manifest(const Manifest& manifest);
/// LedgerErrc::bad_backup.
Result<Manifest> read_manifest(const std::filesystem::path& folder);

}  // namespace yijuan::ledger
