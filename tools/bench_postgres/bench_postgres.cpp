// Rows of the ledger on PostgreSQL: how fast it takes in full batches of many boxes, checked on one
// thread and stored by another, against the usual way to load rows that may be there already
// (temp_copy_loop.hpp). Both grow together on one server, in turns of 100 batches. Run by
// tools/world/with_postgres.py.
#include <CLI/CLI.hpp>
#include <cstdlib>
#include <memory>

#include "base/assert.hpp"
#include "ledger/store/postgres/postgres_store.hpp"
#include "tools/bench_ledger/intake.hpp"
#include "tools/bench_postgres/temp_copy_loop.hpp"
#include "tools/bench_rows/row.hpp"

namespace yijuan::bench {
namespace {

class Bench {
 public:
  explicit Bench(const std::string& where) : store_(open(where)), intake_(*store_), loop_(where) {}

  /// One turn of both: entries per second, ours and the reference.
  std::pair<double, double> turn() {
    const auto [rows, ours] = intake_.turn();
    const double reference = milliseconds([&] {
      for (const Rows& batch : rows) loop_.put(batch);
    });
    const double entries = kTurn * static_cast<double>(sync::kMostEntries) * 1000;
    return {entries / ours, entries / reference};
  }

 private:
  static std::unique_ptr<ledger::PostgresStore> open(const std::string& where) {
    auto opened = ledger::PostgresStore::open({.where = where, .limits = {}, .make = true});
    YIJUAN_ASSERT(opened.has_value(), "an empty database");
    return *std::move(opened);
  }

  std::unique_ptr<ledger::PostgresStore> store_;
  Intake intake_;
  TempCopyLoop loop_;
};

void run(const std::string& where, int turns) {
  Bench bench(where);
  std::vector<double> ours;
  std::vector<double> reference;
  for (int i = 0; i < turns; ++i) {
    const auto [taken, put] = bench.turn();
    ours.push_back(taken);
    reference.push_back(put);
  }
  ratio_row(
      fmt::format("PostgreSQL ingest, {} entries in batches of 1,000 (temp COPY + ON CONFLICT)",
                  turns * kTurn * 1000),
      median(ours), median(reference), "entries/s", at_least(0.8));
}

}  // namespace
}  // namespace yijuan::bench

int main(int argc, char** argv) {
  CLI::App app("How fast the ledger takes in batches on PostgreSQL, against a bare loop.");
  int turns = 10;
  app.add_option("--turns", turns, "turns of 100,000 entries")->check(CLI::Range(1, 1000));
  CLI11_PARSE(app, argc, argv);
  const char* where = std::getenv("YIJUAN_TEST_POSTGRES");
  if (where == nullptr) {
    std::fputs("bench_postgres: run it by tools/world/with_postgres.py\n", stderr);
    return 2;
  }
  yijuan::bench::run(where, turns);
}
