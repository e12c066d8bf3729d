#include "tools/bench_dashboard/years.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cstdio>
#include <future>
#include <optional>

#include "base/assert.hpp"
#include "ledger/ingest.hpp"
#include "ledger/store/sqlite/sqlite_store.hpp"
#include "tlog/words.hpp"
#include "tools/bench_dashboard/plain_gifts.hpp"
#include "tools/bench_ledger/senders.hpp"

namespace yijuan::bench {
namespace {

constexpr std::chrono::hours kYear{365 * 24};
constexpr std::size_t kBatch = 1000;
constexpr std::uint64_t kRoundsBetweenRests = 5;
const WallTime kReceived = *parse_rfc3339("2027-01-02T00:00:00.000Z");
const WallTime kStart = *parse_rfc3339("2025-12-31T16:00:00.000Z");  // midnight in Shanghai

// Gifts by phone: one entry each, so that ten million of them fit on a disk. Three kinds.
Story year_of(std::uint64_t gifts) {
  const auto tell = [gifts](Seq seq, const Hash& noise) -> Story::Said {
    tlog::Gift gift{
        .terms = {.activity = tlog::Activity::one_yuan, .designation = "general", .unit = ""},
        .channel = tlog::Channel::qr,
        .amount = yuan(1),
        .campaign = "bench",
        .people = 1,
        .slip = seq,
        .cash = {},
        .claim = noise,
        .closed = "done"};
    if (noise[0] < 40) {
      gift.terms.activity = tlog::Activity::one_day;
      gift.amount = Fen(5000 + noise[1] * 100);
      gift.people = 1 + noise[2] % 40;
    } else if (noise[0] < 60) {
      gift.terms.activity = tlog::Activity::free;
      gift.amount = Fen(1 + noise[1]);
    }
    const auto after = std::chrono::duration_cast<std::chrono::milliseconds>(kYear) / gifts;
    return {.after = after * (seq - 1), .body = std::move(gift)};
  };
  return {.start = kStart, .tell = tell};
}

// What all towns send next, one batch each.
using Round = std::vector<sync::Batch>;

class Year {
 public:
  Year(const YearFiles& files, std::uint64_t gifts, bool with_references)
      : gifts_(gifts), store_(open(files.ledger())) {
    if (with_references) plain_.emplace(files.plain(), files.csv());
    for (int town = 0; town < kTowns; ++town) {
      const Sender& sender = senders_.emplace_back(town, year_of(gifts / kTowns));
      const ledger::Box box{
          .id = sender.box(), .status = ledger::BoxStatus::active, .since = kReceived};
      YIJUAN_ASSERT(store_->add_box(box, sender.log()).has_value(), "a new box");
    }
  }

  void fill() {
    const std::uint64_t rounds = gifts_ / kTowns / kBatch;
    take(make_round(1));  // the epochs
    auto next = std::async(std::launch::async, [this] { return make_round(kBatch); });
    for (std::uint64_t round = 1; round <= rounds; ++round) {
      const Round now = next.get();
      if (round < rounds)
        next = std::async(std::launch::async, [this] { return make_round(kBatch); });
      take(now);
      if (round % kRoundsBetweenRests == 0) YIJUAN_ASSERT(store_->rest().has_value(), "a rest");
      std::fprintf(stderr, "\rbench_dashboard: filling %lu gifts: %3lu %%",
                   static_cast<unsigned long>(gifts_),
                   static_cast<unsigned long>(round * 100 / rounds));
    }
    std::fputc('\n', stderr);
    YIJUAN_ASSERT(store_->rest().has_value(), "a rest");
  }

 private:
  static std::unique_ptr<ledger::SqliteStore> open(const std::filesystem::path& path) {
    auto opened = ledger::SqliteStore::open({.path = path.string(), .make = true});
    YIJUAN_ASSERT(opened.has_value(), "a fresh store");
    return *std::move(opened);
  }

  Round make_round(std::size_t entries) {
    Round round;
    for (Sender& sender : senders_) round.push_back(sender.next_batch(entries));
    return round;
  }

  void take(const Round& round) {
    std::vector<ledger::Appending> checked;
    std::vector<const ledger::Appending*> together;
    checked.reserve(kTowns);
    for (std::size_t town = 0; town < senders_.size(); ++town) {
      auto one = ledger::check_batch({.store = *store_, .cosigner = cosigner_},
                                     senders_[town].box(), round[town], kReceived);
      YIJUAN_ASSERT(one && std::holds_alternative<ledger::Appending>(*one), "a good batch");
      checked.push_back(std::get<ledger::Appending>(*std::move(one)));
      together.push_back(&checked.back());
    }
    YIJUAN_ASSERT(store_->append_all(together).has_value(), "stored");
    if (!plain_) return;
    for (std::size_t town = 0; town < senders_.size(); ++town) {
      plain_->add(senders_[town].box(), round[town].lines);
    }
  }

  std::uint64_t gifts_;
  std::unique_ptr<ledger::SqliteStore> store_;
  std::optional<PlainGifts> plain_;
  std::vector<Sender> senders_;
  const tlog::SigningKey cosigner_{"ledger.example/cosigner", tlog::KeyType::cosignature,
                                   tlog::Seed{9}};
};

}  // namespace

YearFiles fill_year(const std::filesystem::path& parent, std::uint64_t gifts,
                    bool with_references) {
  const YearFiles files{parent / std::to_string(gifts)};
  if (std::filesystem::exists(files.folder)) return files;
  const YearFiles unfinished{parent / (std::to_string(gifts) + ".unfinished")};
  std::filesystem::remove_all(unfinished.folder);
  std::filesystem::create_directories(unfinished.folder);
  Year(unfinished, gifts, with_references).fill();
  std::filesystem::rename(unfinished.folder, files.folder);
  return files;
}

}  // namespace yijuan::bench
