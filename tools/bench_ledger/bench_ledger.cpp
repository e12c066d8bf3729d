// Rows of the ledger: how fast it takes in full batches of many boxes, each unpacked, parsed,
// hashed, held against its checkpoint and cosigned on one thread and stored with its sums by
// another, as in ledgerd: batches that wait share a commit. The reference is one thread that puts
// the same rows and sums into the same tables (bare_loop.hpp). Both grow together, in turns of 100
// batches. Then how fast `ledgerctl verify` re-checks it all, against a bare scan that only hashes,
// and `ledgerctl rebuild` makes the books again, against one that only parses.
#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>

#include "base/assert.hpp"
#include "ledger/rebuild.hpp"
#include "ledger/store/sqlite/sqlite_store.hpp"
#include "ledger/verify.hpp"
#include "tools/bench_ledger/bare_loop.hpp"
#include "tools/bench_ledger/intake.hpp"
#include "tools/bench_rows/row.hpp"

namespace yijuan::bench {
namespace {

constexpr int kVerifications = 5;
constexpr int kRebuilds = 5;
constexpr domain::Day kFirstDay = std::chrono::year(1970) / 1 / 1;
constexpr domain::Day kLastDay = std::chrono::year(9999) / 12 / 31;
constexpr double kTenMillionAMinute = 167'000;  // entries/s

class Bench {
 public:
  explicit Bench(const std::filesystem::path& folder)
      : store_(open(folder)), intake_(*store_), bare_(folder / "bare.db") {}

  /// One turn of both: entries per second, ours and the reference.
  std::pair<double, double> turn() {
    const auto [rows, ours] = intake_.turn();
    const double reference = milliseconds([&] { put(rows); });
    const double entries = kTurn * static_cast<double>(sync::kMostEntries) * 1000;
    return {entries / ours, entries / reference};
  }

  /// Entries per second, ours and the reference.
  std::pair<double, double> check_all() {
    std::uint64_t entries = 0;
    const double ours = milliseconds([&] {
      const auto verified = ledger::verify_store(
          {.store = *store_, .cosigner = intake_.cosigner(), .domain = "ledger.example"});
      YIJUAN_ASSERT(verified && verified->wrong.empty(), "all is right");
      entries = verified->entries;
    });
    const double reference = milliseconds(
        [&] { YIJUAN_ASSERT(bare_.scan_and_hash() == entries, "both hold the same"); });
    return {static_cast<double>(entries) * 1000 / ours,
            static_cast<double>(entries) * 1000 / reference};
  }

  /// Milliseconds, ours and the reference.
  std::pair<double, double> rebuild() {
    const auto rollups = *store_->rollups(kFirstDay, kLastDay);
    const auto accounts = *store_->accounts();
    YIJUAN_ASSERT(!rollups.empty() && !accounts.empty(), "there are books");
    std::uint64_t entries = 0;
    const double ours = milliseconds([&] {
      const auto rebuilt = ledger::rebuild_books(*store_, {});
      YIJUAN_ASSERT(rebuilt && rebuilt->differences.empty(), "as it was");
      entries = rebuilt->entries;
    });
    YIJUAN_ASSERT(*store_->rollups(kFirstDay, kLastDay) == rollups, "equal to the fen");
    YIJUAN_ASSERT(*store_->accounts() == accounts, "equal to the fen");
    const double reference =
        milliseconds([&] { YIJUAN_ASSERT(bare_.scan_and_parse() == entries, "the same"); });
    return {ours, reference};
  }

 private:
  static std::unique_ptr<ledger::SqliteStore> open(const std::filesystem::path& folder) {
    auto opened =
        ledger::SqliteStore::open({.path = (folder / "ledger.db").string(), .make = true});
    YIJUAN_ASSERT(opened.has_value(), "a fresh store");
    return *std::move(opened);
  }
  void put(const std::vector<Rows>& rows) {
    for (int i = 0; i < kTurn; ++i) {
      bare_.put(rows[static_cast<std::size_t>(i)]);
      if (i % kCheckpoint == 0) bare_.checkpoint();
    }
  }

  std::unique_ptr<ledger::SqliteStore> store_;
  Intake intake_;
  BareLoop bare_;
};

void run(const std::filesystem::path& folder, int turns) {
  Bench bench(folder);
  std::vector<double> ours;
  std::vector<double> reference;
  for (int i = 0; i < turns; ++i) {
    const auto [taken, put] = bench.turn();
    ours.push_back(taken);
    reference.push_back(put);
  }
  ratio_row(fmt::format("ledger ingest, {} entries in batches of 1,000 (bare SQLite loop)",
                        turns * kTurn * 1000),
            median(ours), median(reference), "entries/s", at_least(0.8));
  const auto third = std::max<std::ptrdiff_t>(1, turns / 3);
  ratio_row(fmt::format("ledger ingest, last {} of {} entries (the first as many)",
                        third * kTurn * 1000, turns * kTurn * 1000),
            median({ours.end() - third, ours.end()}), median({ours.begin(), ours.begin() + third}),
            "entries/s", at_least(0.7));
  ours.clear();
  reference.clear();
  for (int i = 0; i < kVerifications; ++i) {
    const auto [checked, scanned] = bench.check_all();
    ours.push_back(checked);
    reference.push_back(scanned);
  }
  absolute_row(
      fmt::format("ledgerctl verify, {} entries (bare scan and SHA-256)", turns * kTurn * 1000),
      median(ours), median(reference), "entries/s", at_least(kTenMillionAMinute));
  ours.clear();
  reference.clear();
  for (int i = 0; i < kRebuilds; ++i) {
    const auto [rebuilt, scanned] = bench.rebuild();
    ours.push_back(rebuilt);
    reference.push_back(scanned);
  }
  ratio_row(fmt::format("rebuild of the books, equal to the fen, {} entries (one scan that parses)",
                        turns * kTurn * 1000),
            median(ours), median(reference), "ms", at_most(1.5));
}

}  // namespace
}  // namespace yijuan::bench

int main(int argc, char** argv) {
  CLI::App app("How fast the ledger takes in batches, against a bare SQLite loop.");
  int turns = 10;
  std::filesystem::path parent = std::filesystem::temp_directory_path();
  app.add_option("--turns", turns, "turns of 100,000 entries")->check(CLI::Range(1, 1000));
  app.add_option("--folder", parent, "where the files go: the disk that is measured");
  CLI11_PARSE(app, argc, argv);
  const auto folder = parent / fmt::format("bench-ledger-{}", ::getpid());
  std::filesystem::create_directories(folder);
  yijuan::bench::run(folder, turns);
  std::filesystem::remove_all(folder);
}
