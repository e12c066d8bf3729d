#include "ledger/ledger_config.hpp"

#include "base/ids.hpp"
#include "base/settings.hpp"
#include "io/files.hpp"

namespace yijuan::ledger {
namespace {

using namespace std::chrono_literals;
constexpr std::size_t kLargestConfig = 1 << 20;

LedgerConfig::Boxes read_boxes(Settings settings) {
  LedgerConfig::Boxes boxes;
  boxes.listen = settings.text("listen", "[::]:8443");
  boxes.connections = static_cast<std::size_t>(settings.integer("connections", 1, 100'000, 512));
  boxes.idle = settings.milliseconds("idle_ms", 1s, 1h, 2min);
  boxes.request = settings.milliseconds("request_ms", 1s, 10min, 30s);
  boxes.batches_in_hand =
      static_cast<std::size_t>(settings.integer("batches_in_hand", 1, 10'000, 32));
  return boxes;
}

}  // namespace

LedgerConfig parse_ledger_config(std::string_view toml, std::string file) {
  Settings settings = Settings::parse(toml, std::move(file));
  LedgerConfig config;

  Settings ledger = settings.section("ledger");
  config.data = ledger.text("data", "/var/lib/yijuan/ledger");
  if (!config.data.is_absolute()) ledger.fail("data", "must be an absolute path");
  config.name = ledger.text("name", "一捐");

  config.boxes = read_boxes(settings.section("boxes"));

  Settings store = settings.section("store");
  store.choice("driver", {"sqlite"}, "sqlite");
  config.store = config.data / store.text("path", "ledger.db");

  Settings log = settings.section("log");
  config.domain = log.text("domain");
  if (!is_log_domain(config.domain)) {
    log.fail("domain", "must be a host name in lower case, as ledger.example");
  }
  settings.finish();
  return config;
}

LedgerConfig read_ledger_config(const std::filesystem::path& file) {
  auto content = read_file(file, kLargestConfig);
  if (!content) throw SettingsError(content.error().message());
  return parse_ledger_config(*content, file.string());
}

}  // namespace yijuan::ledger
