// ledger.toml as values; config/ledger.toml documents every key.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>

namespace yijuan::ledger {

struct LedgerConfig {
  std::filesystem::path data;  // keys, lock and control socket
  std::string name;            // for people
  std::string domain;          // under which logs are named

  struct Boxes {
    std::string listen;
    std::size_t connections = 512;
    std::chrono::milliseconds idle{120'000};
    std::chrono::milliseconds request{30'000};
    std::size_t batches_in_hand = 32;
  } boxes;

  std::filesystem::path store;  // the SQLite file

  [[nodiscard]] std::filesystem::path keys() const { return data / "keys"; }
  [[nodiscard]] std::filesystem::path socket() const { return data / "ledger.sock"; }
  [[nodiscard]] std::filesystem::path lock() const { return data / "ledger.lock"; }
};

/// Throws SettingsError.
LedgerConfig parse_ledger_config(std::string_view toml, std::string file);
/// Reads the file too.
LedgerConfig read_ledger_config(const std::filesystem::path& file);

}  // namespace yijuan::ledger
