// ledgerd: the central ledger.
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <thread>

#include "base/log.hpp"
#include "base/settings.hpp"
#include "ledger/app.hpp"

namespace {

// No core dump may hold a key, and no file that we make is for others.
void close_process() {
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  prctl(PR_SET_DUMPABLE, 0);
  umask(0077);
  if (geteuid() == 0) yijuan::log_warning("ledgerd", "runs as root; it needs no such rights");
}

constexpr std::chrono::seconds kDatabaseWait{2};

int serve(const std::string& file, bool check_only) {
  auto config = yijuan::ledger::read_ledger_config(file);
  if (check_only) {
    std::puts("the configuration is good");
    return 0;
  }
  auto app = yijuan::ledger::App::open(config);
  // A database server may start later than this, or be restarting: then it is waited for.
  while (!app && app.error() == make_error_code(yijuan::LedgerErrc::store_away)) {
    yijuan::log_warning("ledgerd", app.error().message());
    std::this_thread::sleep_for(kDatabaseWait);
    app = yijuan::ledger::App::open(config);
  }
  if (!app) {
    yijuan::log_error("ledgerd", app.error().message());
    return 1;
  }
  return (*app)->run() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App cli("The central ledger: mirrors, witnesses and adds up what boxes send.");
  std::string file = "/etc/yijuan/ledger.toml";
  bool check_only = false;
  cli.add_option("--config", file, "configuration file")->capture_default_str();
  cli.add_flag("--check-config", check_only, "only read the configuration");
  cli.set_version_flag("--version", YIJUAN_VERSION);
  CLI11_PARSE(cli, argc, argv);
  close_process();
  try {
    return serve(file, check_only);
  } catch (const yijuan::SettingsError& error) {
    yijuan::log_error("config", error.what());
    return 2;
  }
}
