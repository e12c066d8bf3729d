// Rows of the ledger: how fast it takes in full batches of many boxes, each unpacked, parsed,
// hashed, held against its checkpoint and cosigned on one thread and stored with its sums by
// another, as in ledgerd: batches that wait share a commit. The reference is one thread that puts
// the same rows and sums into the same tables (bare_loop.hpp). Both grow together, in turns of 100
// batches. Then how fast `ledgerctl verify` re-checks it all, against a bare scan that only hashes.
#include <CLI/CLI.hpp>
#include <atomic>
#include <filesystem>
#include <future>
#include <memory>

#include "base/assert.hpp"
#include "ledger/ingest.hpp"
#include "ledger/store/sqlite/sqlite_store.hpp"
#include "ledger/verify.hpp"
#include "tools/bench_ledger/bare_loop.hpp"
#include "tools/bench_ledger/senders.hpp"
#include "tools/bench_rows/row.hpp"

namespace yijuan::bench {
namespace {

constexpr int kBoxes = 20;
constexpr int kTurn = 100;       // batches
constexpr int kCheckpoint = 25;  // batches between two checkpoints, on either side
constexpr int kVerifications = 5;
constexpr double kTenMillionAMinute = 167'000;  // entries/s
constexpr std::size_t kAhead = 4;               // batches checked and not stored

class Bench {
 public:
  explicit Bench(const std::filesystem::path& folder) : bare_(folder / "bare.db") {
    auto opened = ledger::SqliteStore::open({.path = (folder / "ledger.db").string(), .vfs = {}});
    YIJUAN_ASSERT(opened.has_value(), "a fresh store");
    store_ = *std::move(opened);
    for (int i = 0; i < kBoxes; ++i) {
      senders_.emplace_back(i);
      const auto done = store_->add_box(
          {.id = senders_[i].box(), .status = ledger::BoxStatus::active, .since = now_},
          senders_[i].log());
      YIJUAN_ASSERT(done.has_value(), "a new box");
    }
  }

  /// One turn of both: entries per second, ours and the reference.
  std::pair<double, double> turn() {
    std::vector<Rows> rows;
    std::vector<Sent> sent;
    for (int i = 0; i < kTurn; ++i) {
      Sender& sender = senders_[static_cast<std::size_t>(i % kBoxes)];
      sync::Batch batch = sender.next_batch();
      sent.push_back({sender.box(), sync::pack(batch)});
      rows.push_back({sender.box(), batch.origin, batch.first, std::move(batch.lines), {}});
    }
    const double ours = milliseconds([&] { take(sent, rows); });
    const double reference = milliseconds([&] { put(rows); });
    const double entries = kTurn * static_cast<double>(sync::kMostEntries) * 1000;
    return {entries / ours, entries / reference};
  }

  /// Entries per second, ours and the reference.
  std::pair<double, double> check_all() {
    std::uint64_t entries = 0;
    const double ours = milliseconds([&] {
      const auto verified = ledger::verify_store(
          {.store = *store_, .cosigner = cosigner_.verifier(), .domain = "ledger.example"});
      YIJUAN_ASSERT(verified && verified->wrong.empty(), "all is right");
      entries = verified->entries;
    });
    const double reference =
        milliseconds([&] { YIJUAN_ASSERT(bare_.scan() == entries, "both hold the same"); });
    return {static_cast<double>(entries) * 1000 / ours,
            static_cast<double>(entries) * 1000 / reference};
  }

 private:
  struct Sent {
    std::string box;
    Bytes body;
  };

  ledger::Appending check(const Sent& sent) {
    auto batch = sync::unpack(sent.body);
    YIJUAN_ASSERT(batch.has_value(), "a batch");
    auto checked =
        ledger::check_batch({.store = *store_, .cosigner = cosigner_}, sent.box, *batch, now_);
    YIJUAN_ASSERT(checked && std::holds_alternative<ledger::Appending>(*checked), "a good batch");
    return std::get<ledger::Appending>(*std::move(checked));
  }

  // A box sends its next batch when it has the answer to the last: at most kAhead < kBoxes are
  // under way, each of another box. What was stored is freed by the thread that checks: in the
  // daemon it is not the writer either.
  void take(const std::vector<Sent>& sent, std::vector<Rows>& rows) {
    std::vector<ledger::Appending> batches(sent.size());
    std::atomic<std::size_t> checked = 0;
    std::atomic<std::size_t> stored = 0;
    [[maybe_unused]] const auto checking = std::async(std::launch::async, [&] {
      for (std::size_t i = 0; i < sent.size(); ++i) {
        wait_for(stored, i + 1, kAhead);
        if (i >= kAhead) batches[i - kAhead].lines = {};
        batches[i] = check(sent[i]);
        tell(checked);
      }
    });
    for (std::size_t i = 0; i < sent.size();) {
      wait_for(checked, i + 1, 0);
      std::vector<const ledger::Appending*> together;
      for (const std::size_t end = checked; i < end; ++i) {
        together.push_back(&batches[i]);
        if (i % kCheckpoint == 0) YIJUAN_ASSERT(store_->rest().has_value(), "a checkpoint");
      }
      const auto appended = store_->append_all(together);
      YIJUAN_ASSERT(appended && std::ranges::count(*appended, ledger::Appended::done) ==
                                    static_cast<std::ptrdiff_t>(together.size()),
                    "stored");
      tell(stored, together.size());
    }
    for (std::size_t i = 0; i < sent.size(); ++i) rows[i].changes = std::move(batches[i].changes);
  }

  // Until `counter` has come to within `short_by` of `wanted`.
  static void wait_for(std::atomic<std::size_t>& counter, std::size_t wanted,
                       std::size_t short_by) {
    for (std::size_t seen = counter; seen + short_by < wanted; seen = counter) counter.wait(seen);
  }
  static void tell(std::atomic<std::size_t>& counter, std::size_t more = 1) {
    counter += more;
    counter.notify_one();
  }

  void put(const std::vector<Rows>& rows) {
    for (int i = 0; i < kTurn; ++i) {
      bare_.put(rows[static_cast<std::size_t>(i)]);
      if (i % kCheckpoint == 0) bare_.checkpoint();
    }
  }

  std::vector<Sender> senders_;
  std::unique_ptr<ledger::SqliteStore> store_;
  BareLoop bare_;
  const tlog::SigningKey cosigner_{"ledger.example/cosigner", tlog::KeyType::cosignature,
                                   tlog::Seed{9}};
  const WallTime now_ = *parse_rfc3339("2027-01-01T00:00:00.000Z");
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
