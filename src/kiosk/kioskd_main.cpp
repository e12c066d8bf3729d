// kioskd: the daemon of one donation box.
#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <string>

#include "base/log.hpp"
#include "io/process.hpp"
#include "kiosk/app.hpp"

namespace {

using namespace yijuan;

constexpr int kBadConfig = 2;

// Makes every device without touching one, so that the drivers' keys are checked too: before the
// lock, the journal or anything else is there.
void check_config(const std::string& path) {
  asio::io_context context;
  kiosk::KioskConfig config = kiosk::load_config(path);
  RealClock clock;
  SystemRandom random;
  DeviceFacts facts(context.get_executor(), 1);
  Taps taps(context.get_executor(), 1);
  Scans scans(context.get_executor(), 1);
  kiosk::make_devices(config, {context.get_executor(), clock, random}, {facts, taps, scans}, {});
}

// Until the daemon ends: with another log each time that the one in use must be left.
int run(const std::string& path) {
  forbid_core_dumps();
  give_large_blocks_back();
  while (true) {
    asio::io_context context(1);  // one thread: Asio may leave out its locks
    auto app = kiosk::App::open(context, kiosk::load_config(path));
    if (!app) {
      log_error("kioskd", app.error().message());
      return 1;
    }
    const int code = (*app)->run();
    const std::string why = (*app)->left_because();
    if (why.empty()) return code;
    std::vector<CounterMark> marks = (*app)->marks();
    app->reset();
    SystemRandom random;
    auto begun = kiosk::begin_epoch(kiosk::load_config(path), why, std::move(marks), random);
    if (!begun) {
      log_error("kioskd", begun.error().message());
      return 1;
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App options("kioskd: the daemon of one donation box.");
  std::string path = "/etc/yijuan/kiosk.toml";
  bool check = false;
  options.add_option("--config", path, "the configuration")->capture_default_str();
  options.add_flag("--check-config", check, "only check it: 0 if it is good, else 2");
  options.set_version_flag("--version", "kioskd " YIJUAN_VERSION);
  CLI11_PARSE(options, argc, argv);
  try {
    check_config(path);
    if (!check) return run(path);
    std::printf("%s: good\n", path.c_str());
    return 0;
  } catch (const SettingsError& error) {
    std::fprintf(stderr, "kioskd: %s\n", error.what());
    return kBadConfig;
  }
}
