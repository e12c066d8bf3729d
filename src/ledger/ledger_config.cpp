#include "ledger/ledger_config.hpp"

#include "base/ids.hpp"
#include "base/settings.hpp"
#include "io/files.hpp"
#include "ledger/store/postgres/connection.hpp"

namespace yijuan::ledger {
namespace {

using namespace std::chrono_literals;
constexpr std::size_t kLargestConfig = 1 << 20;

LedgerConfig::Boxes read_boxes(Settings settings) {
  LedgerConfig::Boxes boxes;
  boxes.listen = settings.text("listen", "[::]:8443");
  boxes.connections = static_cast<std::size_t>(settings.integer("connections", 1, 100'000, 512));
  boxes.handshake = settings.milliseconds("handshake_ms", 1s, 10min, 10s);
  boxes.idle = settings.milliseconds("idle_ms", 1s, 1h, 2min);
  boxes.request = settings.milliseconds("request_ms", 1s, 10min, 30s);
  boxes.batches_in_hand =
      static_cast<std::size_t>(settings.integer("batches_in_hand", 1, 10'000, 32));
  return boxes;
}

// "03:30": minutes since midnight.
std::optional<std::chrono::minutes> parse_time_of_day(std::string_view text) {
  const auto digit = [&](std::size_t at) { return text[at] - '0'; };
  if (text.size() != 5 || text[2] != ':') return {};
  for (const std::size_t at : {0, 1, 3, 4}) {
    if (text[at] < '0' || text[at] > '9') return {};
  }
  const int hour = digit(0) * 10 + digit(1);
  const int minute = digit(3) * 10 + digit(4);
  if (hour > 23 || minute > 59) return {};
  return std::chrono::hours(hour) + std::chrono::minutes(minute);
}

LedgerConfig::Public read_public(Settings settings, const std::filesystem::path& data) {
  LedgerConfig::Public published;
  const std::string folder = settings.text("folder", "public");
  if (!folder.empty()) published.folder = data / folder;
  const auto at = parse_time_of_day(settings.text("at", "03:30"));
  if (!at) settings.fail("at", "must be a time of day, as 03:30");
  published.at = *at;
  return published;
}

bool is_loopback(std::string_view listen) {
  return listen.starts_with("127.") || listen.starts_with("[::1]:");
}

LedgerConfig::Pages read_pages(Settings& settings, const std::filesystem::path& data) {
  LedgerConfig::Pages pages;
  pages.listen = settings.text("listen", "");
  const std::string certificate = settings.text("certificate", "");
  const std::string key = settings.text("key", "");
  if (certificate.empty() != key.empty()) {
    settings.fail("key", "certificate and key are given together, or neither");
  }
  if (!certificate.empty()) pages.certificate = data / certificate;
  if (!key.empty()) pages.key = data / key;
  if (!pages.listen.empty() && certificate.empty() && !is_loopback(pages.listen)) {
    settings.fail("listen", "without a certificate only 127.0.0.1 or [::1], for a reverse proxy");
  }
  pages.connections = static_cast<std::size_t>(settings.integer("connections", 1, 100'000, 256));
  pages.idle = settings.milliseconds("idle_ms", 1s, 1h, 30s);
  pages.request = settings.milliseconds("request_ms", 1s, 10min, 15s);
  return pages;
}

void read_store(Settings& settings, LedgerConfig& config) {
  const std::string driver = settings.choice("driver", {"sqlite", "postgres"}, "sqlite");
  config.store = config.data / settings.text("path", "ledger.db");
  const std::string where = settings.text("postgres", "");
  if (driver != "postgres") return;
  if (where.empty()) settings.fail("postgres", "must say where the database is");
  auto good = postgres::check_where(where);
  if (!good) settings.fail("postgres", good.error().detail());
  config.postgres = where;
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
  read_store(store, config);

  Settings copy = settings.section("copy");
  const std::string folder = copy.text("folder", "");
  if (!folder.empty() && !folder.starts_with('/')) copy.fail("folder", "must be an absolute path");
  config.copy = folder;

  config.published = read_public(settings.section("public"), config.data);
  Settings pages = settings.section("pages");
  config.pages = read_pages(pages, config.data);
  if (!config.pages.listen.empty() && config.published.folder.empty()) {
    pages.fail("listen", "there is nothing to show: [public] folder is empty");
  }

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
