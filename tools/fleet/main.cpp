// Thousands of simulated boxes over real TLS against one shipped ledgerd: after an outage, on a
// steady day, with a slow disk under the ledger.
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <map>

#include "base/log.hpp"
#include "tools/fleet/scenarios.hpp"

namespace {

using namespace yijuan::fleet;

struct Arguments {
  Fleet::Options fleet;
  Plan plan;
  std::string scenario;
  unsigned slow_ms = 200;
  bool keep = false;
};

/// Files that may be open at a time: a connection is one here and one in ledgerd.
void raise_file_limit(std::size_t boxes) {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  constexpr std::size_t kOthers = 100;
  if (boxes + kOthers > limit.rlim_cur) {
    throw std::runtime_error(fmt::format("{} boxes need as many open files; here {} are allowed",
                                         boxes, limit.rlim_cur));
  }
}

Wrong play(Fleet& fleet, const Arguments& arguments) {
  static const std::map<std::string, Wrong (*)(Fleet&, const Plan&)> kScenarios{
      {"storm", storm}, {"day", day}, {"slow-store", slow_store}};
  Wrong wrong = kScenarios.at(arguments.scenario)(fleet, arguments.plan);
  Wrong more = reckon(fleet, arguments.plan);
  wrong.insert(wrong.end(), more.begin(), more.end());
  fleet.ledger().stop();
  return wrong;
}

int run(Arguments arguments) {
  raise_file_limit(arguments.fleet.boxes);
  end_in_order_on_signals();
  yijuan::set_log_level(yijuan::LogLevel::error);  // boxes say much of a ledger that is away
  auto& ledger = arguments.fleet.ledger;
  if (arguments.scenario == "slow-store") {
    ledger.sync_delay = std::chrono::milliseconds(arguments.slow_ms);
  }
  if (arguments.fleet.faster == 0) {  // so fast that there are some 500 heartbeats a second
    constexpr std::size_t kHeartbeatsAMinute = 30'000;
    const bool is_day = arguments.scenario == "day";
    const std::size_t faster = kHeartbeatsAMinute / arguments.fleet.boxes;
    arguments.fleet.faster =
        is_day ? static_cast<unsigned>(std::clamp<std::size_t>(faster, 1, 600)) : 1;
  }
  std::string folder = (std::filesystem::temp_directory_path() / "yijuan-fleet-XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) throw std::runtime_error(folder + ": cannot be made");
  ledger.folder = folder;
  fmt::print("{}: {} boxes, seed {}, ledgerd with {} connections and {} batches in hand\n",
             arguments.scenario, arguments.fleet.boxes, arguments.fleet.seed, ledger.connections,
             ledger.batches_in_hand);
  Wrong wrong;
  try {
    Fleet fleet(arguments.fleet);
    wrong = play(fleet, arguments);
  } catch (const EndedBySignal&) {
    if (!arguments.keep) std::filesystem::remove_all(folder);
    throw;
  }
  for (const std::string& what : wrong) fmt::print("wrong: {}\n", what);
  if (arguments.keep || !wrong.empty()) {
    fmt::print("kept: {}\n", folder);
  } else {
    std::filesystem::remove_all(folder);
  }
  fmt::print("{}\n", wrong.empty() ? "good" : "WRONG");
  return wrong.empty() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "Thousands of simulated boxes, each with keys, certificate and log of its own and the "
      "shipped "
      "sync client, over TLS on loopback against one shipped ledgerd.\n\n"
      "  storm       ledgerd is killed, coins fall meanwhile, and all boxes come back\n"
      "  day         heartbeats and coins, with the pauses between them shortened\n"
      "  slow-store  all boxes at once at a ledger whose disk takes long to sync (needs strace)\n\n"
      "Each ends with \"good\", or says what does not hold: all boxes in sync, none starved, every "
      "gift "
      "counted once, memory within its bound, Retry-After obeyed.");
  Arguments arguments;
  arguments.fleet.faster = 0;
  arguments.fleet.ledger.bin = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  app.add_option("scenario", arguments.scenario)
      ->required()
      ->check(CLI::IsMember({"storm", "day", "slow-store"}));
  app.add_option("--boxes", arguments.fleet.boxes, "how many")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  app.add_option("--seed", arguments.fleet.seed, "of donors and jitter")->capture_default_str();
  app.add_option("--connections", arguments.fleet.ledger.connections,
                 "ledgerd's [boxes] connections")
      ->capture_default_str();
  app.add_option("--batches-in-hand", arguments.fleet.ledger.batches_in_hand,
                 "ledgerd's [boxes] batches_in_hand")
      ->capture_default_str();
  int outage = 10;
  app.add_option("--outage", outage, "storm: seconds without a ledger")
      ->check(CLI::Range(1, 3600))
      ->capture_default_str();
  app.add_option("--hours", arguments.plan.hours, "day: how long")->capture_default_str();
  app.add_option("--faster", arguments.fleet.faster,
                 "pauses so many times shorter; 0: as fits the number of boxes for day, else 1")
      ->check(CLI::Range(0, 10'000))
      ->capture_default_str();
  app.add_option("--slow-ms", arguments.slow_ms, "slow-store: added to each sync of the disk")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  std::uint64_t memory = 0;
  app.add_option("--memory-mb", memory, "that ledgerd may take; 0: as its limits allow")
      ->capture_default_str();
  app.add_option("--bin", arguments.fleet.ledger.bin, "folder of ledgerd and ledgerctl");
  app.add_flag("--keep", arguments.keep, "leaves the ledger's folder, and says where");
  CLI11_PARSE(app, argc, argv);
  arguments.plan.memory = memory * 1'000'000;
  arguments.plan.outage = std::chrono::seconds(outage);
  try {
    return run(std::move(arguments));
  } catch (const std::exception& error) {
    fmt::print(stderr, "fleet: {}\n", error.what());
    return 1;
  }
}
