// Rows of the ledger: how fast it takes in full batches of many boxes, each unpacked, parsed,
// hashed, held against its checkpoint and cosigned on one thread and stored with its sums by
// another, as in ledgerd. The reference is one thread that puts the same rows and sums into the
// same tables (bare_loop.hpp). Both grow together, in turns of 100 batches.
#include <CLI/CLI.hpp>
#include <atomic>
#include <filesystem>
#include <future>
#include <memory>

#include "base/assert.hpp"
#include "ledger/ingest.hpp"
#include "ledger/store/sqlite/sqlite_store.hpp"
#include "tools/bench_ledger/bare_loop.hpp"
#include "tools/bench_ledger/senders.hpp"
#include "tools/bench_rows/row.hpp"

namespace yijuan::bench {
namespace {

constexpr int kBoxes = 20;
constexpr int kTurn = 100;       // batches
constexpr int kCheckpoint = 25;  // batches between two checkpoints, on either side
constexpr int kAhead = 4;        // batches checked and not stored

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
  // under way, each of another box.
  void take(const std::vector<Sent>& sent, std::vector<Rows>& rows) {
    std::vector<std::promise<ledger::Appending>> checked(sent.size());
    std::atomic<int> stored = 0;
    const auto checking = std::async(std::launch::async, [&] {
      for (int i = 0; i < kTurn; ++i) {
        for (int seen = stored; i - seen >= kAhead; seen = stored) stored.wait(seen);
        checked[static_cast<std::size_t>(i)].set_value(check(sent[static_cast<std::size_t>(i)]));
      }
    });
    for (int i = 0; i < kTurn; ++i) {
      ledger::Appending next = checked[static_cast<std::size_t>(i)].get_future().get();
      const auto appended = store_->append(next);
      YIJUAN_ASSERT(appended && *appended == ledger::Appended::done, "stored");
      rows[static_cast<std::size_t>(i)].changes = std::move(next.changes);
      ++stored;
      stored.notify_one();
      if (i % kCheckpoint == 0) YIJUAN_ASSERT(store_->rest().has_value(), "a checkpoint");
    }
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
  const auto third = std::max<std::ptrdiff_t>(1, turns / 4);
  ratio_row(fmt::format("ledger ingest, last {} of {} entries (the first as many)",
                        third * kTurn * 1000, turns * kTurn * 1000),
            median({ours.end() - third, ours.end()}), median({ours.begin(), ours.begin() + third}),
            "entries/s", at_least(0.7));
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
