// That the books of many boxes are read by days, and can be made again from any store's entries.
#include <algorithm>
#include <iterator>

#include "ledger/ingest.hpp"
#include "ledger/rebuild.hpp"
#include "tests/conformance/ledger_store_conformance.hpp"
#include "tests/support/box_log.hpp"

namespace yijuan::ledger {
namespace {

constexpr int kBoxes = 6;  // more than are folded at once
constexpr domain::Day kFirstDay = std::chrono::year(2026) / 1 / 1;
constexpr domain::Day kLastDay = std::chrono::year(2026) / 12 / 31;
const WallTime kReceived = *parse_rfc3339("2026-12-01T00:00:00.000Z");

// Boxes that took a hundred to six hundred coins, and one that took more than are read at once.
void fill(LedgerStore& store) {
  const tlog::SigningKey cosigner("ledger.example/cosigner", tlog::KeyType::cosignature,
                                  tlog::Seed{9});
  for (int number = 1; number <= kBoxes; ++number) {
    test::BoxLog log("market-0" + std::to_string(number), static_cast<std::uint8_t>(number));
    LogState state;
    state.origin = log.origin();
    state.box = log.box();
    state.vkey = log.key().verifier().text();
    const Box box{.id = log.box(), .status = BoxStatus::active, .since = kReceived};
    ASSERT_TRUE(store.add_box(box, state).has_value());
    const int coins = number == 2 ? 4500 : 100 * number;
    for (int coin = 0; coin < coins; ++coin) {
      log.clock.time += std::chrono::minutes(number);
      log.terms.activity = static_cast<tlog::Activity>(coin % 3);
      log.add_coin(Fen(number * 100 + coin % 7), coin % 50 != 0);
    }
    for (Seq first = 0; first < log.size(); first += 500) {
      const auto batch = log.batch(first, std::min(log.size(), first + 500));
      auto checked =
          check_batch({.store = store, .cosigner = cosigner}, log.box(), batch, kReceived);
      ASSERT_TRUE(checked.has_value());
      ASSERT_EQ(store.append(std::get<Appending>(*checked)).value(), Appended::done);
    }
  }
}

struct Stored {
  std::vector<RollupRow> rollups;
  std::vector<AccountRow> accounts;
  std::vector<LogTotals> totals;
  std::vector<std::size_t> open;
};

Stored books_of(LedgerStore& store) {
  Stored stored{.rollups = *store.rollups(kFirstDay, kLastDay),
                .accounts = *store.accounts(),
                .totals = {},
                .open = {}};
  for (const LogState& log : *store.logs()) {
    stored.totals.push_back(log.totals);
    stored.open.push_back(store.open_cash(log.origin)->size());
  }
  return stored;
}

void expect_same(const Stored& books, const Stored& before) {
  EXPECT_EQ(books.rollups, before.rollups);
  EXPECT_EQ(books.accounts, before.accounts);
  EXPECT_EQ(books.totals, before.totals);
  EXPECT_EQ(books.open, before.open);
}

}  // namespace

TEST_P(LedgerStorePort, GivesTheDaysThatAreAskedForOfEveryBox) {
  fill(*store);
  const auto all = *store->rollups(kFirstDay, kLastDay);
  const domain::Day from = std::chrono::year(2026) / 10 / 18;
  const domain::Day to = std::chrono::year(2026) / 10 / 19;
  std::vector<RollupRow> wanted;
  std::ranges::copy_if(all, std::back_inserter(wanted), [from, to](const RollupRow& row) {
    return row.key.day >= from && row.key.day <= to;
  });
  ASSERT_LT(wanted.size(), all.size());
  EXPECT_NE(wanted.front().box, wanted.back().box);
  EXPECT_EQ(*store->rollups(from, to), wanted);
  EXPECT_TRUE(store->rollups(kLastDay, kFirstDay)->empty());
}

TEST_P(LedgerStorePort, ARebuildOfManyLogsChangesNothingThatWasRight) {
  fill(*store);
  const Stored before = books_of(*store);
  ASSERT_GT(before.rollups.size(), 50U);
  std::vector<std::uint64_t> told;
  std::uint64_t all = 0;
  const auto rebuilt = rebuild_books(*store, [&](std::uint64_t entries, std::uint64_t of) {
    told.push_back(entries);
    all = of;
  });
  ASSERT_TRUE(rebuilt.has_value()) << rebuilt.error().message();
  EXPECT_TRUE(rebuilt->differences.empty()) << rebuilt->differences.front();
  EXPECT_EQ(rebuilt->logs, store->logs()->size());
  EXPECT_TRUE(std::ranges::is_sorted(told));
  ASSERT_FALSE(told.empty());
  EXPECT_EQ(told.back(), all);
  EXPECT_EQ(rebuilt->entries, all);
  expect_same(books_of(*store), before);
}

TEST_P(LedgerStorePort, ARebuildBringsBooksBackToTheFen) {
  fill(*store);
  const Stored before = books_of(*store);
  std::vector<RebuiltLog> forgotten;
  for (const LogState& log : *store->logs()) {
    forgotten.push_back({.state = log, .changes = {}, .posted = {}});
    forgotten.back().state.totals = {};
  }
  ASSERT_TRUE(store->replace_books(forgotten).has_value());
  ASSERT_TRUE(store->rollups(kFirstDay, kLastDay)->empty());
  const auto rebuilt = rebuild_books(*store, {});
  ASSERT_TRUE(rebuilt.has_value()) << rebuilt.error().message();
  EXPECT_GT(rebuilt->differences.size(), 100U);
  expect_same(books_of(*store), before);
}

}  // namespace yijuan::ledger
