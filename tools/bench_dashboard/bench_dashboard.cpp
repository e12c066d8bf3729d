// Rows of what a dashboard asks the ledger: gifts, people and money by day, kind and town, of 30
// days and of a whole year. Ours is the store's own query over its rollups, in a ledger of many
// gifts and in one of a tenth; the references scan the same gifts, one row each, in DuckDB on two
// threads and in SQLite. All in turns; all sums are compared. The ledgers are filled once and kept:
// ten million gifts take some minutes and 4 GB.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "base/assert.hpp"
#include "ledger/store/sqlite/sqlite_store.hpp"
#include "tools/bench_dashboard/plain_gifts.hpp"
#include "tools/bench_dashboard/years.hpp"
#include "tools/bench_journal/node_side.hpp"
#include "tools/bench_rows/row.hpp"

namespace yijuan::bench {
namespace {

constexpr int kRounds = 15;
constexpr int kScans = 5;  // of SQLite, which takes seconds
constexpr int kTenth = 10;

struct Wanted {
  std::filesystem::path folder = "build/bench_dashboard";
  std::uint64_t gifts = 10'000'000;
  std::string node_modules;
  std::string node_script = "tools/bench_dashboard/node/duck.js";
};

struct Days {
  std::string name;
  std::string from;
  std::string to;
};

struct Timed {
  double milliseconds = 0;
  Sums sums;
};

class Store {
 public:
  explicit Store(const std::filesystem::path& path) {
    auto opened = ledger::SqliteStore::open({.path = path.string()});
    YIJUAN_ASSERT(opened.has_value(), "a ledger");
    store_ = *std::move(opened);
  }

  Timed sum(const Days& days) {
    std::vector<ledger::RollupRow> rows;
    const double spent = milliseconds([&] {
      rows = *store_->rollups(*domain::parse_day(days.from), *domain::parse_day(days.to));
    });
    Timed timed{.milliseconds = spent, .sums = {}};
    timed.sums.rows = rows.size();
    for (const ledger::RollupRow& row : rows) {
      timed.sums.gifts += static_cast<std::int64_t>(row.value.gifts);
      timed.sums.fen += row.value.sum.count();
    }
    return timed;
  }

 private:
  std::unique_ptr<ledger::SqliteStore> store_;
};

Timed ask(NodeSide& duck, const Days& days) {
  const auto numbers = duck.ask(fmt::format("sum {} {}", days.from, days.to));
  YIJUAN_ASSERT(numbers.size() == 4, "microseconds, rows, gifts, fen");
  return {.milliseconds = numbers[0] / 1000,
          .sums = {.rows = static_cast<std::size_t>(numbers[1]),
                   .gifts = static_cast<std::int64_t>(numbers[2]),
                   .fen = static_cast<std::int64_t>(numbers[3])}};
}

class Bench {
 public:
  explicit Bench(const Wanted& wanted)
      : wanted_(wanted),
        files_(fill_year(wanted.folder, wanted.gifts, true)),
        small_files_(fill_year(wanted.folder, wanted.gifts / kTenth, false)),
        large_(files_.ledger()),
        small_(small_files_.ledger()),
        plain_(files_.plain()) {
    duck_ = NodeSide::start(wanted.node_modules, "@duckdb/node-api", wanted.node_script,
                            files_.duck().string());
    if (duck_ != nullptr && std::filesystem::exists(files_.csv())) {
      const auto loaded = duck_->ask("load " + files_.csv().string());
      YIJUAN_ASSERT(!loaded.empty() && loaded[0] == static_cast<double>(wanted.gifts), "loaded");
      std::filesystem::remove(files_.csv());
    }
  }

  /// `part`: of the references' time, at most. Each asks once before it is timed: not for what the
  /// side before it left in the processor's caches.
  void rows(const Days& days, double part) {
    std::vector<double> ours, smaller, of_duck, scans;
    for (int round = 0; round < kRounds; ++round) {
      const Sums sums = large_.sum(days).sums;
      ours.push_back(large_.sum(days).milliseconds);
      small_.sum(days);
      smaller.push_back(small_.sum(days).milliseconds);
      if (duck_ != nullptr) {
        YIJUAN_ASSERT(ask(*duck_, days).sums == sums, "the same sums");
        of_duck.push_back(ask(*duck_, days).milliseconds);
      }
      if (round < kScans) {
        scans.push_back(milliseconds(
            [&] { YIJUAN_ASSERT(plain_.sum(days.from, days.to) == sums, "the same sums"); }));
      }
    }
    const std::string name =
        fmt::format("sums by day, kind and town, {}, {} gifts", days.name, wanted_.gifts);
    ratio_row(fmt::format("{} (ledger of {} gifts)", name, wanted_.gifts / kTenth), median(ours),
              median(smaller), "ms", at_most(1.3));
    if (duck_ != nullptr) {
      ratio_row(name + " (DuckDB, 2 threads)", median(ours), median(of_duck), "ms", at_most(part));
    }
    ratio_row(name + " (SQLite scan)", median(ours), median(scans), "ms", at_most(part));
  }

  [[nodiscard]] bool has_duck() const { return duck_ != nullptr; }

 private:
  const Wanted& wanted_;
  YearFiles files_;
  YearFiles small_files_;
  Store large_;
  Store small_;
  PlainGifts plain_;
  std::unique_ptr<NodeSide> duck_;
};

void run(const Wanted& wanted) {
  Bench bench(wanted);
  if (!bench.has_duck()) {
    fmt::print(stderr, "bench_dashboard: DuckDB is not installed: its rows are left out\n");
  }
  bench.rows({.name = "30 days", .from = "2026-09-01", .to = "2026-09-30"}, 0.1);
  bench.rows({.name = "all of them", .from = kYearFrom, .to = kYearTo}, 0.25);
}

}  // namespace
}  // namespace yijuan::bench

int main(int argc, char** argv) {
  CLI::App app("How fast the ledger sums up, however many gifts it holds.");
  yijuan::bench::Wanted wanted;
  app.add_option("--folder", wanted.folder, "where the filled ledgers are kept")
      ->capture_default_str();
  app.add_option("--gifts", wanted.gifts, "of the large ledger, in steps of 200,000")
      ->capture_default_str()
      ->check([](const std::string& text) {
        const bool good =
            !text.empty() && std::stoull(text) > 0 && std::stoull(text) % 200'000 == 0;
        return good ? std::string() : std::string("not a multiple of 200,000");
      });
  app.add_option("--node-modules", wanted.node_modules, "where DuckDB is installed");
  app.add_option("--node-script", wanted.node_script, "the reference")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  yijuan::bench::run(wanted);
}
