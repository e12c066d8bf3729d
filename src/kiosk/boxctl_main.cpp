// boxctl: for volunteers and technicians at a box. Talks to the running kioskd, or works on the
// data of a stopped one under its lock.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>
#include <cstdio>
#include <string>

#include "async/task_group.hpp"
#include "io/file_lock.hpp"
#include "io/owner.hpp"
#include "io/system_random.hpp"
#include "io/system_wall_clock.hpp"
#include "journal/sqlite_journal.hpp"
#include "kiosk/box_keys.hpp"
#include "kiosk/counter_command.hpp"
#include "kiosk/device_table.hpp"
#include "kiosk/export_command.hpp"
#include "kiosk/record_command.hpp"
#include "kiosk/status_table.hpp"
#include "kiosk/test_command.hpp"
#include "net/control_socket.hpp"
#include "net/errc.hpp"
#include "sync/enrolment.hpp"

namespace {

using namespace yijuan;
using kiosk::KioskConfig;
namespace json = boost::json;

int fail(const Error& error) {
  fmt::print(stderr, "boxctl: {}\n", error.message());
  return 1;
}

void show_progress(std::uint64_t checked, std::uint64_t size) {
  if (isatty(STDERR_FILENO) == 0) return;
  const std::uint64_t bars = size == 0 ? 24 : checked * 24 / size;
  fmt::print(stderr, "\r[{:#<{}}{:-<{}}] {} of {} entries", "", bars, "", 24 - bars, checked, size);
  if (checked == size) fmt::print(stderr, "\n");
}

int init(const KioskConfig& config, const std::string& domain) {
  if (!is_log_domain(domain)) {
    return fail(Error(NetErrc::refused, fmt::format("--domain {}: not a domain name", domain)));
  }
  std::error_code made;
  std::filesystem::create_directories(config.data, made);
  auto own = expect_own_folder(config.data);
  if (!own) return fail(own.error());
  SystemRandom random;
  auto request = sync::make_box_keys(config.data, config.box, domain, random);
  if (!request) return fail(request.error());
  fmt::print(
      "keys of box {} made in {}; they never leave this machine\n"
      "log: {}\n"
      "next: give {} to the office, which answers with\n"
      "  ledgerctl box add {} --request request.json --out identity.json\n"
      "and put its answer at {}\n",
      config.box, config.keys().string(), request->origin, config.request().string(), config.box,
      config.identity.string());
  return 0;
}

int ask(const KioskConfig& config, const std::string& command, bool as_json) {
  auto reply = net::control_call(config.socket().string(), command, {});
  if (!reply) return fail(reply.error());
  if (!as_json && command == "status") {
    fmt::print("{}", kiosk::status_table(*reply));
  } else if (!as_json && command == "devices") {
    fmt::print("{}", kiosk::device_table(*reply));
  } else {
    fmt::print("{}\n", json::serialize(*reply));
  }
  return 0;
}

Task<void> check(SqliteJournal& journal, Result<void>& result) {
  auto checked = co_await journal.verify(show_progress);
  result = checked;
  co_return Result<void>();
}

// One log of the box; how many entries it has.
Result<std::uint64_t> verify_epoch(const kiosk::BoxEpoch& epoch) {
  asio::io_context context;
  SystemWallClock wall;
  SystemRandom random;
  JournalOptions options;
  options.path = epoch.journal.string();
  options.origin = epoch.origin();
  auto journal = SqliteJournal::open(context.get_executor(), wall, random, std::move(options));
  if (!journal) return journal.error();
  Result<void> result;
  TaskGroup group(context.get_executor(), {});
  group.spawn("verify", check(**journal, result));
  while (!group.empty() && context.run_one() > 0) {
  }
  if (!result) return result.error();
  return (*journal)->head().size;
}

// kioskd is stopped: its own lock keeps it from starting meanwhile. All logs of the box.
Result<std::uint64_t> verify_stopped(const KioskConfig& config) {
  auto lock = FileLock::acquire(config.lock());
  if (!lock) return lock.error();
  auto epochs = kiosk::load_epochs(config);
  if (!epochs) return epochs.error();
  std::uint64_t entries = 0;
  for (const kiosk::BoxEpoch& epoch : *epochs) {
    auto size = verify_epoch(epoch);
    if (!size)
      return Error(size.error().code(), epoch.journal.string() + ": " + size.error().detail());
    entries += *size;
  }
  return entries;
}

int verify(const KioskConfig& config) {
  auto reply =
      net::control_call(config.socket().string(), "verify", {}, [](const json::object& progress) {
        show_progress(progress.at("checked").to_number<std::uint64_t>(),
                      progress.at("size").to_number<std::uint64_t>());
      });
  if (!reply && reply.error() != make_error_code(NetErrc::unreachable)) return fail(reply.error());
  if (!reply) {
    auto size = verify_stopped(config);
    if (!size) return fail(size.error());
    fmt::print("good: {} entries, each as it was written\n", *size);
    return 0;
  }
  if (!reply->at("good").as_bool()) {
    fmt::print(stderr, "boxctl: {}: {}\n", config.journal().string(),
               std::string(reply->at("fault").as_string()));
    return 1;
  }
  fmt::print("good: {} entries, each as it was written\n",
             reply->at("checked").to_number<std::uint64_t>());
  return 0;
}

}  // namespace

namespace {

CLI::App* add_counter(CLI::App& options, kiosk::CounterRequest& request) {
  auto* command =
      options.add_subcommand("counter", "reads the totals of a counting machine; needs no box");
  command->add_option("--port", request.port, "serial:/dev/…")->required();
  command->add_option("--model", request.model, "how the machine prints; a wrong name lists them")
      ->required();
  command->add_option("--wait", request.wait, "seconds for the machine to print")
      ->check(CLI::Range(1, 86'400))
      ->default_val("300");
  command->add_flag("--json", request.as_json, "for programs");
  command->add_option("--record", request.record, "a new file for every byte that it sends");
  return command;
}

CLI::App* add_test(CLI::App& options, kiosk::TestRequest& request) {
  auto* command = options.add_subcommand("test", "tries a device out; money is test money");
  command->add_option("device", request.device, "coin, note, printer, door, screen or scanner")
      ->required()
      ->check(CLI::IsMember({"coin", "note", "printer", "door", "screen", "scanner"}));
  command->add_option("--pieces", request.pieces, "coin, note: end after so many")
      ->check(CLI::Range(1, 100'000));
  command->add_flag("--unlock", request.unlock, "door: pulse the lock");
  return command;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App options("boxctl: looks after one donation box.");
  std::string path = "/etc/yijuan/kiosk.toml";
  std::string domain;
  bool as_json = false;
  options.add_option("--config", path, "the box's configuration")->capture_default_str();
  options.set_version_flag("--version", "boxctl " YIJUAN_VERSION);
  options.require_subcommand(1);
  options.fallthrough();  // --config after the command too
  auto* init_command = options.add_subcommand("init", "makes this box's keys and its request");
  init_command->add_option("--domain", domain, "the ledger's log domain, as the office says it")
      ->required();
  auto* status_command = options.add_subcommand("status", "how the box is");
  status_command->add_flag("--json", as_json, "for programs");
  auto* devices_command = options.add_subcommand("devices", "what is there, and how each is");
  devices_command->add_flag("--json", as_json, "for programs");
  auto* screen_command = options.add_subcommand("screen", "the scene and its buttons, as JSON");
  screen_command->add_flag("--json", as_json, "the only form there is");
  auto* verify_command =
      options.add_subcommand("verify", "checks every entry of the journal against its tree");
  std::string device;
  std::string file;
  std::int64_t seconds = 60;
  auto* record_command =
      options.add_subcommand("record", "writes what passes between kioskd and a device to a file");
  record_command->add_option("device", device, "coin, note, printer …")->required();
  record_command->add_option("file", file, "a new file")->required();
  record_command->add_option("--seconds", seconds, "for how long")->capture_default_str();
  auto* replay_command =
      options.add_subcommand("replay",
                             "plays a recording to the device's driver and says what "
                             "that reports");
  replay_command->add_option("device", device, "coin, note or printer")->required();
  replay_command->add_option("file", file, "a recording")->required();
  kiosk::TestRequest test;
  auto* test_command = add_test(options, test);
  auto* door_command = options.add_subcommand("door", "the box's door");
  door_command->require_subcommand(1);
  door_command->add_subcommand("open", "pulses the lock, and says whether the door opened");
  std::string stick;
  auto* export_command = options.add_subcommand(
      "export", "writes what the ledger lacks to a USB stick; takes back what it cosigned");
  export_command->add_option("folder", stick, "where the stick is mounted")->required();
  kiosk::CounterRequest count;
  auto* counter_command = add_counter(options, count);
  CLI11_PARSE(options, argc, argv);
  try {
    if (counter_command->parsed()) return kiosk::count_with_machine(count);
    KioskConfig config = kiosk::load_config(path);
    if (init_command->parsed()) return init(config, domain);
    if (status_command->parsed()) return ask(config, "status", as_json);
    if (devices_command->parsed()) return ask(config, "devices", as_json);
    if (screen_command->parsed()) return ask(config, "screen", true);
    if (verify_command->parsed()) return verify(config);
    if (export_command->parsed()) return kiosk::export_to_stick(config, stick);
    if (test_command->parsed()) return kiosk::test_device(config, test);
    if (door_command->parsed()) return kiosk::open_door(config);
    if (record_command->parsed()) return kiosk::record_device(config, device, file, seconds);
    if (replay_command->parsed()) return kiosk::replay_device(config, device, file);
  } catch (const SettingsError& error) {
    fmt::print(stderr, "boxctl: {}\n", error.what());
    return 2;
  }
  return 2;
}
