// Rows of reconnecting boxes: the shipped client of each connects to the shipped ledgerd, and its
// first heartbeat is answered, from the store. After ledgerd was restarted both sides show their
// certificates (full); after the network was away ledgerd still knows the sessions (resumed). The
// reference is the handshake alone, by OpenSSL alone (bare_handshakes.hpp). In turn, on loopback.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <thread>

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
constexpr std::size_t kAtATime = 32;  // boxes of a thread that connect

/// Those of one thread.
class Boxes {
 public:
  Boxes(char group, std::size_t count, fleet::ShippedLedger& ledger) {
    const fleet::FleetBox::World world{
        context_.get_executor(), clock_, clock_, wall_, random_, tally_};
    for (std::size_t i = 0; i < count; ++i) {
      boxes_.push_back(std::make_unique<fleet::FleetBox>(
          world, fmt::format("sample-{}{:05}", group, i + 1), ledger.domain()));
    }
    ledger.enrol(boxes_, [](std::size_t) {});
  }

  void hang_up() {
    for (const auto& box : boxes_) box->close();
  }
  /// Every box comes back once.
  void reconnect() {
    next_ = 0;
    TaskGroup group(context_.get_executor(), [](std::string_view, const Error&) {});
    for (std::size_t i = 0; i < kAtATime; ++i) group.spawn("boxes", come_one_by_one());
    context_.restart();
    while (!group.empty() && context_.run_one() > 0) {
    }
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

  asio::io_context context_{1};
  RealClock clock_;
  SystemWallClock wall_;
  SystemRandom random_;
  fleet::Tally tally_;
  std::vector<std::unique_ptr<fleet::FleetBox>> boxes_;
  std::size_t next_ = 0;
};

Rate reconnect(Boxes& one, Boxes& other, fleet::ShippedLedger& ledger, std::size_t count) {
  one.hang_up();
  other.hang_up();
  const auto busy = ledger.processor_time();
  const double took = milliseconds([&] {
    std::thread beside([&] { other.reconnect(); });
    one.reconnect();
    beside.join();
  });
  const std::chrono::duration<double> processor = ledger.processor_time() - busy;
  const auto boxes = static_cast<double>(count);
  return {.per_second = boxes * 1000 / took, .per_processor_second = boxes / processor.count()};
}

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
  Boxes one('a', count / 2, ledger);
  Boxes other('b', count - count / 2, ledger);
  BareHandshakes bare;
  Rates full;
  Rates resumed;
  Rates bare_full;
  Rates bare_resumed;
  for (int i = 0; i < rounds; ++i) {
    ledger.stop();
    ledger.start();
    full.add(reconnect(one, other, ledger, count));
    bare_full.add(bare.full(static_cast<int>(count)));
    resumed.add(reconnect(one, other, ledger, count));
    bare_resumed.add(bare.resumed(static_cast<int>(count)));
  }
  const auto row = [](std::string_view name, const Rates& mine, const Rates& reference) {
    ratio_row(fmt::format("boxes reconnecting, answered, {}", name), median(mine.wall),
              median(reference.wall), "/s", at_least(0.8));
    ratio_row(
        fmt::format("boxes reconnecting, answered, a second of the ledger's processor, {}", name),
        median(mine.processor), median(reference.processor), "/s", at_least(0.8));
  };
  row("full (bare OpenSSL mTLS handshakes)", full, bare_full);
  row("resumed (bare OpenSSL, resumed)", resumed, bare_resumed);
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
