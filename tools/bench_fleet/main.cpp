// Rows of reconnecting boxes: the shipped client of each connects to the shipped ledgerd, both
// sides show certificates, and its first heartbeat is answered, from the store. The reference is
// the handshake alone, by OpenSSL alone (bare_handshakes.hpp). In turn, on loopback.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/asio/io_context.hpp>

#include "async/task_group.hpp"
#include "base/assert.hpp"
#include "io/real_clock.hpp"
#include "io/system_random.hpp"
#include "io/system_wall_clock.hpp"
#include "tools/bench_fleet/bare_handshakes.hpp"
#include "tools/bench_rows/row.hpp"
#include "tools/fleet/fleet_box.hpp"
#include "tools/fleet/shipped_ledger.hpp"

namespace yijuan::bench {
namespace {

using namespace std::chrono_literals;
constexpr std::size_t kAtATime = 64;  // boxes that connect

class Boxes {
 public:
  Boxes(std::size_t count, fleet::ShippedLedger& ledger) : ledger_(ledger) {
    const fleet::FleetBox::World world{
        context_.get_executor(), clock_, clock_, wall_, random_, tally_};
    for (std::size_t i = 0; i < count; ++i) {
      boxes_.push_back(std::make_unique<fleet::FleetBox>(world, fmt::format("sample-{:05}", i + 1),
                                                         ledger.domain()));
    }
    ledger.enrol(boxes_, [](std::size_t) {});
    ledger.start();
  }

  /// Every box hangs up and comes back once.
  Rate reconnect() {
    for (const auto& box : boxes_) box->close();
    next_ = 0;
    TaskGroup group(context_.get_executor(), [](std::string_view, const Error&) {});
    const auto busy = ledger_.processor_time();
    const double took = milliseconds([&] {
      for (std::size_t i = 0; i < kAtATime; ++i) group.spawn("boxes", come_one_by_one());
      context_.restart();
      while (!group.empty() && context_.run_one() > 0) {
      }
    });
    const std::chrono::duration<double> processor = ledger_.processor_time() - busy;
    const auto count = static_cast<double>(boxes_.size());
    return {.per_second = count * 1000 / took, .per_processor_second = count / processor.count()};
  }

 private:
  Task<void> come_one_by_one() {
    while (next_ < boxes_.size()) {
      fleet::FleetBox& box = *boxes_[next_++];
      net::HttpRequest request{"POST",
                               std::string(sync::kHeartbeatPath),
                               {{"content-type", std::string(sync::kHeartbeatType)}},
                               sync::write_heartbeat(box.state()),
                               {}};
      auto response = co_await box.uplink().send(std::move(request), 60s);
      YIJUAN_ASSERT(response && response->status == 200, "every box is answered");
    }
    co_return Result<void>();
  }

  fleet::ShippedLedger& ledger_;
  asio::io_context context_{1};
  RealClock clock_;
  SystemWallClock wall_;
  SystemRandom random_;
  fleet::Tally tally_;
  std::vector<std::unique_ptr<fleet::FleetBox>> boxes_;
  std::size_t next_ = 0;
};

struct Rates {
  std::vector<double> wall;
  std::vector<double> processor;
  void add(Rate rate) {
    wall.push_back(rate.per_second);
    processor.push_back(rate.per_processor_second);
  }
};

void run(const fleet::ShippedLedger::Options& options, std::size_t count, int rounds) {
  fleet::ShippedLedger ledger(options);
  Boxes boxes(count, ledger);
  BareHandshakes bare;
  Rates ours;
  Rates full;
  Rates resumed;
  for (int i = 0; i < rounds; ++i) {
    ours.add(boxes.reconnect());
    full.add(bare.full(static_cast<int>(count)));
    resumed.add(bare.resumed(static_cast<int>(count)));
  }
  const auto row = [](std::string_view name, const Rates& mine, const Rates& reference) {
    ratio_row(fmt::format("boxes reconnecting, answered, {}", name), median(mine.wall),
              median(reference.wall), "/s", at_least(0.8));
    ratio_row(
        fmt::format("boxes reconnecting, answered, a second of the ledger's processor, {}", name),
        median(mine.processor), median(reference.processor), "/s", at_least(0.8));
  };
  row("(bare OpenSSL mTLS handshakes)", ours, full);
  row("(bare OpenSSL, resumed)", ours, resumed);
}

}  // namespace
}  // namespace yijuan::bench

int main(int argc, char** argv) {
  CLI::App app(
      "How many boxes a second connect and are answered, against bare OpenSSL handshakes.");
  std::size_t boxes = 1000;
  int rounds = 7;
  yijuan::fleet::ShippedLedger::Options options;
  options.bin = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  app.add_option("--boxes", boxes, "a round")->check(CLI::Range(10, 10'000))->capture_default_str();
  app.add_option("--rounds", rounds)->check(CLI::Range(1, 100))->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  options.connections = boxes + 100;
  options.folder =
      std::filesystem::temp_directory_path() / fmt::format("bench-fleet-{}", ::getpid());
  try {
    yijuan::bench::run(options, boxes, rounds);
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench_fleet: {}\n", error.what());
    return 1;
  }
  std::filesystem::remove_all(options.folder);
}
