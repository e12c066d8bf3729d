#include "kiosk/kiosk_config.hpp"

#include "base/ids.hpp"
#include "io/files.hpp"

namespace yijuan::kiosk {
namespace {

constexpr std::size_t kLargestConfig = 256UL * 1024;

DeviceSection device(Settings& root, std::string_view name, const char* driver) {
  Settings section = root.section(name);
  std::string chosen = section.text("driver", driver);
  return {std::move(section), std::move(chosen)};
}

}  // namespace

KioskConfig::KioskConfig(std::string_view text, const std::string& name)
    : KioskConfig(Settings::parse(text, name)) {}

KioskConfig::KioskConfig(Settings settings)
    : root(std::move(settings)),
      coin(device(root, "coin", "cctalk")),
      note(device(root, "note", "none")),
      printer(device(root, "printer", "escpos")),
      door(device(root, "door", "none")),
      board(device(root, "board", "none")),
      scanner(device(root, "scanner", "none")),
      display(device(root, "display", "png")),
      touch(device(root, "touch", "evdev")) {
  Settings section = root.section("box");
  box = section.text("id");
  if (!is_box_id(box)) section.fail("id", "must be 1 to 32 of a-z, 0-9 and '-'");
  data = section.text("data", "/var/lib/yijuan/box");

  Settings ledger = root.section("ledger");
  ledger_url = ledger.text("url", "");
  if (!ledger_url.empty() && !ledger_url.starts_with("https://")) {
    ledger.fail("url", "must begin with https://");
  }
  identity = ledger.text("identity", "/etc/yijuan/identity.json");

  Settings campaign = root.section("campaign");
  pack = campaign.text("pack", "/etc/yijuan/campaign.pack");
  pack_key = campaign.text("pack_key", "");

  // Told before the devices miss what a misspelt section was meant to say.
  root.finish_here();

  if (display.driver != "none") {
    geometry = screen::read_geometry(display.settings);
    language = display.settings.choice("language", {"zh-CN", "en"}, "zh-CN") == "en"
                   ? screen::Language::en
                   : screen::Language::zh_cn;
  }
}

std::string DeviceSection::port() const {
  for (const char* key : {"port", "path", "chip"}) {
    if (std::string where = settings.glimpse(key); !where.empty()) return where;
  }
  return {};
}

std::vector<std::pair<std::string_view, const DeviceSection*>> KioskConfig::devices() const {
  return {{"coin", &coin},   {"note", &note},       {"printer", &printer}, {"door", &door},
          {"board", &board}, {"scanner", &scanner}, {"display", &display}, {"touch", &touch}};
}

KioskConfig load_config(const std::filesystem::path& path) {
  auto text = read_file(path, kLargestConfig);
  if (!text) throw SettingsError(text.error().message());
  return KioskConfig(*text, path.string());
}

}  // namespace yijuan::kiosk
