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
    std::chrono::milliseconds handshake{10'000};
    std::chrono::milliseconds idle{120'000};
    std::chrono::milliseconds request{30'000};
    std::size_t batches_in_hand = 32;
  } boxes;

  std::filesystem::path store;  // the SQLite file
  std::string postgres;         // the database, as libpq takes it; empty: the SQLite file

  std::filesystem::path copy;  // folder of the second copy; empty: none

  struct Public {
    std::filesystem::path folder;  // empty: nothing is published
    std::chrono::minutes at{};     // of the day in Shanghai
  } published;

  struct Pages {
    std::string listen;                 // empty: no listener
    std::filesystem::path certificate;  // PEM, with its chain; empty: plain HTTP, on loopback only
    std::filesystem::path key;
    std::size_t connections = 256;
    std::chrono::milliseconds idle{30'000};
    std::chrono::milliseconds request{15'000};
  } pages;

  [[nodiscard]] std::filesystem::path keys() const { return data / "keys"; }
  [[nodiscard]] std::filesystem::path auditors() const { return data / "auditors"; }
  [[nodiscard]] std::filesystem::path socket() const { return data / "ledger.sock"; }
  [[nodiscard]] std::filesystem::path lock() const { return data / "ledger.lock"; }
};

/// Throws SettingsError.
LedgerConfig parse_ledger_config(std::string_view toml, std::string file);
/// Reads the file too.
LedgerConfig read_ledger_config(const std::filesystem::path& file);

}  // namespace yijuan::ledger
