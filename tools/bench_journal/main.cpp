// Rows of the journal: name | ours | reference | ratio | goal | holds or short.
//   syncs       of one cash commit, counted in SQLite's file layer, checkpoints not among them
//   p50, p99    from append() to the commit's return, against writing 4 KiB into a file that was
//               made before and fdatasync: rounds of both in turn, the median of the rounds
//   start       open() of a journal of 100,000 entries
//   bench_journal [DIRECTORY]    where the files go: the disk that is measured
#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <filesystem>
#include <vector>

#include "base/assert.hpp"
#include "io/descriptor.hpp"
#include "io/system_random.hpp"
#include "io/system_wall_clock.hpp"
#include "journal/sqlite_journal.hpp"

namespace yijuan {
namespace {

constexpr int kRounds = 7;
constexpr int kCoins = 200;  // a round; 1 % of it is two coins
constexpr int kEntries = 100'000;
using Micros = std::chrono::duration<double, std::micro>;

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

class Bench {
 public:
  explicit Bench(const std::filesystem::path& directory) {
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
    journal_->append(std::move(append), [&good](Result<void> done) { good = done.has_value(); });
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

template <class Step>
std::vector<double> times(Step step) {
  std::vector<double> all;
  for (int i = 0; i < kCoins; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    step(i);
    all.push_back(Micros(std::chrono::steady_clock::now() - begin).count());
    // A coin takes its time: what is measured is an idle box.
    ::usleep(500);
  }
  std::ranges::sort(all);
  return all;
}

double percentile(const std::vector<double>& sorted, int percent) {
  return sorted[sorted.size() * static_cast<std::size_t>(percent) / 100];
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

void row(std::string_view name, double ours, double reference, double goal, bool ratio) {
  const double value = ratio ? ours / reference : ours;
  fmt::print("{} | {:.0f} | {:.0f} | {:.2f} | {} {:.2f} | {}\n", name, ours, reference,
             ours / reference, ratio ? "<=" : "at most", goal, value <= goal ? "holds" : "short");
  std::fflush(stdout);
}

int count_syncs(Bench& bench) {
  bench.open("counting");
  int most = 0;
  for (int i = 0; i < 50; ++i) {
    syncs = 0;
    bench.commit(1, i);
    most = std::max(most, syncs.load());
  }
  return most;
}

void coin_rows(Bench& bench, const std::filesystem::path& directory) {
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
  std::vector<double> ours50, ours99, plain50, plain99;
  for (int round = 0; round < kRounds; ++round) {
    const auto reference = times(plain);
    const auto coins = times([&bench](int i) { bench.commit(1, i); });
    ours50.push_back(percentile(coins, 50));
    ours99.push_back(percentile(coins, 99));
    plain50.push_back(percentile(reference, 50));
    plain99.push_back(percentile(reference, 99));
  }
  row("coin to durable p50, us (pwrite 4 KiB + fdatasync)", median(ours50), median(plain50), 1.3,
      true);
  row("coin to durable p99, us (pwrite 4 KiB + fdatasync)", median(ours99), median(plain99), 2.0,
      true);
}

void start_row(Bench& bench) {
  for (int i = 0; i < kEntries / 1000; ++i) bench.commit(1000, i);
  std::vector<double> all;
  for (int round = 0; round < 5; ++round) {
    const auto begin = std::chrono::steady_clock::now();
    bench.open();  // with the closing of the last, which checkpoints
    all.push_back(Micros(std::chrono::steady_clock::now() - begin).count() / 1000);
  }
  row("open a journal of 100,000 entries, ms", median(all), 150, 150, false);
}

void main_of(const std::filesystem::path& parent) {
  const std::filesystem::path directory = parent / fmt::format("bench-journal-{}", ::getpid());
  std::filesystem::create_directories(directory);
  {
    register_counting_files();
    Bench bench(directory);
    const int counted = count_syncs(bench);
    row("syncs per cash commit", counted, 1, 1, false);
    bench.open();
    coin_rows(bench, directory);
    start_row(bench);
  }
  std::filesystem::remove_all(directory);
}

}  // namespace
}  // namespace yijuan

int main(int count, char** arguments) {
  yijuan::main_of(count > 1 ? arguments[1] : std::filesystem::temp_directory_path());
}
