// The simulation sees: each of these bugs, wrapped around a good part from outside, is found within
// a few seeds. Without them the same seeds are good (the simulate.* tests).
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/log.hpp"
#include "world.hpp"

namespace yijuan::sim {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kMostSeeds = 30;

/// Lives days with the bug until one goes wrong; expects that it says one of `words`.
void expect_found(const Sabotage& sabotage, std::initializer_list<std::string_view> words) {
  set_log_level(LogLevel{static_cast<int>(LogLevel::error) + 1});
  for (std::uint64_t seed = 1; seed <= kMostSeeds; ++seed) {
    const DayResult day = World({.seed = seed, .sabotage = sabotage}).live();
    if (day.wrong.empty()) continue;
    const std::string& wrong = day.wrong.front();
    fmt::print("found by seed {}: {}\n", seed, wrong);
    EXPECT_TRUE(std::ranges::any_of(words, [&](auto word) { return wrong.contains(word); }));
    return;
  }
  ADD_FAILURE() << "not found by " << kMostSeeds << " seeds";
}

/// Of the write-ahead log, which is what makes a commit durable.
test::DiskPlan no_syncs() {
  return [](const test::DiskCall& call) {
    return call.operation == test::DiskOperation::sync && call.path.ends_with("-wal")
               ? test::DiskFault::drop
               : test::DiskFault::none;
  };
}

/// A journal that is another's but for append().
class WrappedJournal : public Journal {
 public:
  explicit WrappedJournal(Journal& journal) : journal_(journal) {}
  std::vector<EntryRef> append(Append append, Done done) override {
    return journal_.append(std::move(append), std::move(done));
  }
  [[nodiscard]] Seq next_seq() const override { return journal_.next_seq(); }
  [[nodiscard]] LogHead head() const override { return journal_.head(); }
  Task<std::vector<std::string>> read(Seq first, std::size_t lines, std::size_t bytes) override {
    return journal_.read(first, lines, bytes);
  }
  Task<Hash> root_at(std::uint64_t size) override { return journal_.root_at(size); }
  [[nodiscard]] std::optional<std::string> cosigned() const override { return journal_.cosigned(); }
  [[nodiscard]] std::uint64_t cosigned_size() const override { return journal_.cosigned_size(); }
  Task<void> store_cosigned(std::uint64_t size, std::string note) override {
    return journal_.store_cosigned(size, std::move(note));
  }

 protected:
  Journal& journal_;
};

/// Says that it is durable before it is.
class HastyJournal : public WrappedJournal {
 public:
  HastyJournal(Journal& journal, SimExecutor& later) : WrappedJournal(journal), later_(later) {}
  std::vector<EntryRef> append(Append append, Done done) override {
    const std::weak_ptr<int> here = here_;
    later_.post([here, done = std::move(done)] {
      if (!here.expired()) done({});
    });
    return journal_.append(std::move(append), {});
  }

 private:
  SimExecutor& later_;
  std::shared_ptr<int> here_ = std::make_shared<int>();
};

/// Gives the last seq once more, now and then.
class ForgetfulJournal : public WrappedJournal {
 public:
  using WrappedJournal::WrappedJournal;
  std::vector<EntryRef> append(Append append, Done done) override {
    auto refs = journal_.append(std::move(append), std::move(done));
    if (++appends_ % 50 == 0) {
      for (EntryRef& ref : refs) --ref.seq;
    }
    return refs;
  }

 private:
  int appends_ = 0;
};

/// A store that is another's but for append_all().
class WrappedStore : public StoreSteps {
 public:
  explicit WrappedStore(ledger::LedgerStore& store)
      : StoreSteps(store, [](const char*, bool) { return StepFate::goes_on; }), store_(store) {}

 protected:
  ledger::LedgerStore& store_;
};

/// Posts what a batch changes in the books twice, now and then.
class DoubleStore : public WrappedStore {
 public:
  using WrappedStore::WrappedStore;
  Result<std::vector<ledger::Appended>> append_all(
      std::span<const ledger::Appending* const> batches) override {
    if (++batches_ % 20 != 0) return store_.append_all(batches);
    ledger::Appending twice = *batches.front();
    for (auto& [key, value] : twice.changes.accounts) value += value;
    for (auto& [key, value] : twice.changes.rollups) value.sum += value.sum;
    std::vector<const ledger::Appending*> all(batches.begin(), batches.end());
    all.front() = &twice;
    return store_.append_all(all);
  }

 private:
  int batches_ = 0;
};

/// Says that a batch is stored, and stores it then.
class HastyStore : public WrappedStore {
 public:
  HastyStore(ledger::LedgerStore& store, SimExecutor& later) : WrappedStore(store), later_(later) {}
  Result<std::vector<ledger::Appended>> append_all(
      std::span<const ledger::Appending* const> batches) override {
    for (const ledger::Appending* batch : batches) {
      const std::weak_ptr<int> here = here_;
      later_.post(
          [this, here, batch = *batch] {
            if (!here.expired()) [[maybe_unused]]
              const auto stored = store_.append(batch);
          },
          50ms);
    }
    return std::vector<ledger::Appended>(batches.size(), ledger::Appended::done);
  }

 private:
  SimExecutor& later_;
  std::shared_ptr<int> here_ = std::make_shared<int>();
};

TEST(SeededBug, AJournalThatSkipsItsSyncsIsFound) {
  expect_found({.box_disk = no_syncs()}, {"entries were acknowledged", "the journal is damaged"});
}

TEST(SeededBug, AStoreThatSkipsItsSyncsIsFound) {
  expect_found({.store_disk = no_syncs()}, {"were cosigned", "the store: "});
}

TEST(SeededBug, AnAcknowledgementBeforeTheCommitIsFound) {
  expect_found({.journal = [](Journal& journal, SimExecutor& later) -> std::unique_ptr<Journal> {
                 return std::make_unique<HastyJournal>(journal, later);
               }},
               {"acknowledged"});
}

TEST(SeededBug, ASeqGivenTwiceIsFound) {
  expect_found({.journal = [](Journal& journal, SimExecutor&) -> std::unique_ptr<Journal> {
                 return std::make_unique<ForgetfulJournal>(journal);
               }},
               {"seq"});
}

TEST(SeededBug, ABatchAppliedTwiceIsFound) {
  expect_found({.store = [](ledger::LedgerStore& store,
                            SimExecutor&) -> std::unique_ptr<ledger::LedgerStore> {
                 return std::make_unique<DoubleStore>(store);
               }},
               {"in its journal"});
}

TEST(SeededBug, ACosignatureReleasedBeforeTheCommitIsFound) {
  expect_found({.store = [](ledger::LedgerStore& store,
                            SimExecutor& later) -> std::unique_ptr<ledger::LedgerStore> {
                 return std::make_unique<HastyStore>(store, later);
               }},
               {"left before it was stored"});
}

}  // namespace
}  // namespace yijuan::sim
