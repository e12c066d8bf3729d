// kiosk.toml, read strictly: config/kiosk.toml documents every key. The sections of devices keep
// their Settings for the driver's maker, which reads its own keys; finish() then refuses what
// nobody asked for. Everything throws SettingsError, before the loop starts.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/settings.hpp"
#include "screen/geometry.hpp"
#include "screen/model.hpp"

namespace yijuan::kiosk {

/// A device's section. Driver "none": the box has no such device.
struct DeviceSection {
  Settings settings;
  std::string driver;
  /// Where the device is, as written; empty where its section says nothing of the kind.
  [[nodiscard]] std::string port() const;
};

struct KioskConfig {
  explicit KioskConfig(std::string_view text, const std::string& name);

  Settings root;
  // [box]
  std::string box;
  std::filesystem::path data;
  // [ledger]; an empty url: no ledger, everything stays on the box
  std::string ledger_url;
  std::filesystem::path identity;
  // [campaign]
  std::filesystem::path pack;
  std::string pack_key;
  // One section a device; those that not every box has are "none" unless named.
  DeviceSection coin, note, printer, door, board, scanner, display, touch;
  screen::Language language = screen::Language::zh_cn;
  screen::Geometry geometry;

  /// Every device's section by name, in the order in which people read of them.
  [[nodiscard]] std::vector<std::pair<std::string_view, const DeviceSection*>> devices() const;

  [[nodiscard]] std::filesystem::path journal() const { return data / "journal.db"; }
  [[nodiscard]] std::filesystem::path keys() const { return data / "keys"; }
  [[nodiscard]] std::filesystem::path request() const { return data / "request.json"; }
  [[nodiscard]] std::filesystem::path lock() const { return data / "kioskd.lock"; }
  [[nodiscard]] std::filesystem::path socket() const { return data / "kioskd.sock"; }
  [[nodiscard]] std::filesystem::path clean_mark() const { return data / "stopped-cleanly"; }

 private:
  KioskConfig(Settings settings);
};

/// Reads the file; a file that cannot be read is a SettingsError too.
KioskConfig load_config(const std::filesystem::path& path);

}  // namespace yijuan::kiosk
