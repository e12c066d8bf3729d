// Rows of the journal, as row.hpp prints them:
//   syncs       of one cash commit, counted in SQLite's file layer, checkpoints not among them
//   p50, p99    from append() to the commit's return, against writing 4 KiB into a file that was
//               made before and fdatasync: both in turn, ten by ten, the median of the rounds
//   node        the same p50 against a journal of node and better-sqlite3, in the same turns; left
//               out where that is not installed
//   start       open() of a journal of 100,000 entries
#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <filesystem>
#include <iterator>
#include <vector>

#include "base/assert.hpp"
#include "io/descriptor.hpp"
#include "io/system_random.hpp"
#include "io/system_wall_clock.hpp"
#include "journal/sqlite_journal.hpp"
#include "tools/bench_journal/node_side.hpp"
#include "tools/bench_rows/row.hpp"

namespace yijuan {
namespace {

constexpr int kRounds = 7;
constexpr int kCoins = 200;    // a round; 1 % of it is two coins
constexpr int kTogether = 10;  // of one side in a row
constexpr int kEntries = 100'000;

std::atomic<int> syncs = 0;

// The system's file layer, which counts the syncs of journals' WALs and files.
void register_counting_files() {
  static sqlite3_vfs layer = *sqlite3_vfs_find(nullptr);
  static sqlite3_io_methods wal_methods{};
  static int (*wal_sync)(sqlite3_file*, int) = nullptr;
  layer.zName = "counting";
  layer.pNext = nullptr;
  layer.xOpen = [](sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* got) {
    const int code = sqlite3_vfs_find("unix")->xOpen(vfs, path, file, flags, got);
    if (code != SQLITE_OK || (flags & SQLITE_OPEN_WAL) == 0) return code;
    wal_methods = *file->pMethods;
    wal_sync = wal_methods.xSync;
    wal_methods.xSync = [](sqlite3_file* wal, int how) {
      ++syncs;
      return wal_sync(wal, how);
    };
    file->pMethods = &wal_methods;
    return code;
  };
  sqlite3_vfs_register(&layer, 0);
}

class Box {
 public:
  explicit Box(const std::filesystem::path& directory) {
    options_.path = directory / "journal.db";
    options_.origin = "ledger.example/box/bench/0011aabb";
    options_.create = true;
  }

  void open(const char* vfs = "") {
    journal_.reset();
    options_.vfs = vfs;
    auto opened = SqliteJournal::open(loop_.get_executor(), clock_, random_, options_);
    YIJUAN_ASSERT(opened.has_value(), "the journal opens");
    journal_ = std::move(*opened);
  }

  void commit(int coins, int counter) {
    Append append;
    for (int i = 0; i < coins; ++i) {
      append.bodies.emplace_back(tlog::Cash{.device = "coin",
                                            .serial = "example",
                                            .counter = counter % 255 + 1,
                                            .amount = yuan(1),
                                            .session = 17,
                                            .terms = {.designation = "general", .unit = {}}});
    }
    append.marks = {{.device = "coin", .serial = "example", .counter = counter % 255 + 1}};
    bool good = false;
    journal_->append(std::move(append),
                     [&good](const Result<void>& done) { good = done.has_value(); });
    loop_.restart();
    loop_.run();
    YIJUAN_ASSERT(good, "the coin is durable");
  }

 private:
  JournalOptions options_;
  SystemWallClock clock_;
  SystemRandom random_;
  asio::io_context loop_;
  std::unique_ptr<SqliteJournal> journal_;
};

// Ten times `step`, with pauses: a coin takes its time, and what is measured is an idle box.
template <class Step>
void time_some(Step step, int first, std::vector<double>& times) {
  for (int i = first; i < first + kTogether; ++i) {
    times.push_back(1000 * bench::milliseconds([&] { step(i); }));
    ::usleep(500);
  }
}

double percentile(std::vector<double> sorted, int percent) {
  std::ranges::sort(sorted);
  return sorted[sorted.size() * static_cast<std::size_t>(percent) / 100];
}

int count_syncs(Box& box) {
  box.open("counting");
  int most = 0;
  for (int i = 0; i < 50; ++i) {
    syncs = 0;
    box.commit(1, i);
    most = std::max(most, syncs.load());
  }
  return most;
}

void coin_rows(Box& box, bench::NodeSide* node, const std::filesystem::path& directory) {
  const Descriptor file(::open((directory / "plain").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  const std::vector<char> page(4096, 'x');
  for (int i = 0; i < 1024; ++i) {
    YIJUAN_ASSERT(::pwrite(file.get(), page.data(), page.size(), i * 4096L) == 4096, "a page");
  }
  YIJUAN_ASSERT(::fsync(file.get()) == 0, "a file made before");
  const auto plain = [&](int i) {
    YIJUAN_ASSERT(::pwrite(file.get(), page.data(), page.size(), i % 1024 * 4096L) == 4096, "page");
    YIJUAN_ASSERT(::fdatasync(file.get()) == 0, "sync");
  };
  std::vector<double> ours50, ours99, plain50, plain99, node50;
  for (int round = 0; round < kRounds; ++round) {
    std::vector<double> coins, reference, of_node;
    // In turns short enough that a disk busy for others is busy for both.
    for (int first = 0; first < kCoins; first += kTogether) {
      time_some(plain, first, reference);
      time_some([&box](int i) { box.commit(1, i); }, first, coins);
      if (node != nullptr) {
        std::ranges::copy(node->ask(std::to_string(kTogether)), std::back_inserter(of_node));
      }
    }
    ours50.push_back(percentile(coins, 50));
    ours99.push_back(percentile(coins, 99));
    plain50.push_back(percentile(reference, 50));
    plain99.push_back(percentile(reference, 99));
    YIJUAN_ASSERT(node == nullptr || of_node.size() == kCoins, "a time for every coin");
    if (node != nullptr) node50.push_back(percentile(of_node, 50));
  }
  bench::ratio_row("coin to durable p50 (pwrite 4 KiB + fdatasync)", bench::median(ours50),
                   bench::median(plain50), "us", bench::at_most(1.3));
  bench::ratio_row("coin to durable p99 (pwrite 4 KiB + fdatasync)", bench::median(ours99),
                   bench::median(plain99), "us", bench::at_most(2.0));
  if (node == nullptr) {
    fmt::print(stderr, "bench_journal: better-sqlite3 is not installed: its row is left out\n");
    return;
  }
  bench::ratio_row("coin to durable p50 (node + better-sqlite3)", bench::median(ours50),
                   bench::median(node50), "us", bench::at_most(0.75));
}

void start_row(Box& box) {
  for (int i = 0; i < kEntries / 1000; ++i) box.commit(1000, i);
  std::vector<double> all;
  all.reserve(5);
  for (int round = 0; round < 5; ++round) {
    // With the closing of the last, which checkpoints.
    all.push_back(bench::milliseconds([&box] { box.open(); }));
  }
  bench::plain_row("open a journal of 100,000 entries", bench::median(all), "ms",
                   bench::at_most(150));
}

struct Wanted {
  std::filesystem::path folder = std::filesystem::temp_directory_path();
  std::string node_modules;
  std::string node_script = "tools/bench_journal/node/coins.js";
};

void main_of(const Wanted& wanted) {
  const std::filesystem::path directory =
      wanted.folder / fmt::format("bench-journal-{}", ::getpid());
  std::filesystem::create_directories(directory);
  {
    register_counting_files();
    Box box(directory);
    const int counted = count_syncs(box);
    bench::plain_row("syncs per cash commit", counted, "", bench::exactly_at_most(1));
    box.open();
    const auto node = bench::NodeSide::start(wanted.node_modules, "better-sqlite3/build/Release",
                                             wanted.node_script, directory / "node.db");
    coin_rows(box, node.get(), directory);
    start_row(box);
  }
  std::filesystem::remove_all(directory);
}

}  // namespace
}  // namespace yijuan

int main(int argc, char** argv) {
  CLI::App app("How fast a coin is durable, and how often the disk is asked.");
  yijuan::Wanted wanted;
  app.add_option("--folder", wanted.folder, "where the files go: the disk that is measured");
  app.add_option("--node-modules", wanted.node_modules, "where better-sqlite3 is installed");
  app.add_option("--node-script", wanted.node_script, "the reference")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  yijuan::main_of(wanted);
}
