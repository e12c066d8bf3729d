#include "tests/conformance/ledger_store_conformance.hpp"

#include <algorithm>
#include <array>

namespace yijuan::ledger {
namespace {

const WallTime kNow = *parse_rfc3339("2026-10-17T08:00:00.000Z");
constexpr domain::Day kDay = std::chrono::year(2026) / 10 / 17;
constexpr domain::Day kNextDay = std::chrono::year(2026) / 10 / 18;
const std::string kOrigin = "ledger.example/box/b1/01234567";

Box box(const std::string& id) {
  return {.id = id, .status = BoxStatus::active, .key_fingerprint = {7}, .since = kNow};
}

LogState empty_log(const std::string& origin, const std::string& box_id) {
  LogState log;
  log.origin = origin;
  log.box = box_id;
  log.vkey = "key of " + origin;
  return log;
}

// `count` entries after `log`, which change every table.
Appending batch_after(const LogState& log, int count) {
  Appending appending;
  appending.expected_size = log.size();
  appending.next = log;
  for (int i = 0; i < count; ++i) {
    const Seq seq = appending.next.size();
    appending.lines.push_back("line " + std::to_string(seq));
    appending.next.frontier.append(Hash{static_cast<std::uint8_t>(seq)});
  }
  const auto size = appending.next.size();
  appending.next.note = "note of " + std::to_string(size);
  appending.next.received = kNow + std::chrono::seconds(size);
  appending.next.anchor = LogAnchor{"0123456789abcdef", {.at = kNow, .up = Uptime(5)}};
  appending.next.totals.gift_count += 1;
  appending.next.totals.gift_sum += yuan(2);
  const RollupKey key{.day = kDay, .activity = tlog::Activity::one_day};
  appending.changes.rollups[key] = {.gifts = 1, .people = 3, .sum = yuan(2)};
  appending.changes.accounts[{kDay, "box"}] = yuan(2);
  appending.changes.accounts[{kDay, "income:general"}] = Fen(-200);
  appending.changes.unknown = {{log.size(), "telescope"}};
  appending.changes.opened = {{.seq = log.size(),
                               .amount = Fen(50),
                               .session = 4,
                               .terms = {tlog::Activity::free, "school", "town-2"}}};
  if (log.size() > 0) appending.changes.closed = {0};
  return appending;
}

}  // namespace

void LedgerStorePort::SetUp() {
  under_test = GetParam().make();
  reopen();
  ASSERT_TRUE(store->add_box(box("b1"), empty_log(kOrigin, "b1")).has_value());
}

LogState LedgerStorePort::log() {
  return **store->log(kOrigin);
}

void LedgerStorePort::append(int count) {
  const auto done = store->append(batch_after(log(), count));
  ASSERT_TRUE(done.has_value()) << done.error().message();
  ASSERT_EQ(*done, Appended::done);
}

TEST_P(LedgerStorePort, KnowsNothingAtFirst) {
  EXPECT_FALSE(store->box("b2")->has_value());
  EXPECT_FALSE(store->log("other")->has_value());
  EXPECT_EQ(log().size(), 0U);
  EXPECT_EQ(log().note, "");
  EXPECT_FALSE(log().received.has_value());
  EXPECT_TRUE(store->lines(kOrigin, 0, 10)->empty());
  EXPECT_TRUE(store->rollups(kDay, kNextDay)->empty());
}

TEST_P(LedgerStorePort, KeepsABatchWithAllThatItChangesOverARestart) {
  append(3);
  const LogState before = log();
  reopen();
  const LogState after = log();
  EXPECT_EQ(after.frontier, before.frontier);
  EXPECT_EQ(after.note, "note of 3");
  EXPECT_EQ(after.received, before.received);
  EXPECT_EQ(after.anchor, before.anchor);
  EXPECT_EQ(after.totals, before.totals);
  EXPECT_EQ(store->lines(kOrigin, 1, 10).value(), (std::vector<std::string>{"line 1", "line 2"}));
  EXPECT_EQ(store->lines(kOrigin, 1, 1)->size(), 1U);
  ASSERT_EQ(store->batches(kOrigin)->size(), 1U);
  EXPECT_EQ(store->batches(kOrigin)->at(0).received, *before.received);
  const auto open = *store->open_cash(kOrigin);
  ASSERT_EQ(open.size(), 1U);
  EXPECT_EQ(open[0].terms, (tlog::Terms{tlog::Activity::free, "school", "town-2"}));
  const auto rollups = *store->rollups(kDay, kDay);
  ASSERT_EQ(rollups.size(), 1U);
  EXPECT_EQ(rollups[0].value, (Rollup{.gifts = 1, .people = 3, .sum = yuan(2)}));
  EXPECT_EQ(store->accounts()->size(), 2U);
}

TEST_P(LedgerStorePort, AddsUpWhatBatchesChange) {
  append(3);
  append(2);
  EXPECT_EQ(log().size(), 5U);
  EXPECT_EQ(store->rollups(kDay, kDay)->at(0).value,
            (Rollup{.gifts = 2, .people = 6, .sum = yuan(4)}));
  EXPECT_EQ(store->accounts()->at(0).balance, yuan(4));
  ASSERT_EQ(store->open_cash(kOrigin)->size(), 1U);
  EXPECT_EQ(store->open_cash(kOrigin)->at(0).seq, 3U);
  EXPECT_TRUE(store->rollups(kNextDay, kNextDay)->empty());
}

TEST_P(LedgerStorePort, ChangesNothingIfTheLogMoved) {
  const Appending late = batch_after(log(), 2);
  append(1);
  const LogState before = log();
  ASSERT_EQ(*store->append(late), Appended::moved);
  EXPECT_EQ(log().frontier, before.frontier);
  EXPECT_EQ(store->rollups(kDay, kDay)->at(0).value.gifts, 1U);
  EXPECT_EQ(store->batches(kOrigin)->size(), 1U);
}

TEST_P(LedgerStorePort, TakesBatchesTogetherEachAsIfItCameAlone) {
  const std::string other = "ledger.example/box/b2/00000002";
  ASSERT_TRUE(store->add_box(box("b2"), empty_log(other, "b2")).has_value());
  const Appending one = batch_after(log(), 2);
  const Appending two = batch_after(**store->log(other), 3);
  const std::array<const Appending*, 3> together = {&one, &one, &two};
  const auto done = store->append_all(together);
  ASSERT_TRUE(done.has_value()) << done.error().message();
  EXPECT_EQ(*done, (std::vector{Appended::done, Appended::moved, Appended::done}));
  EXPECT_EQ(log().size(), 2U);
  EXPECT_EQ((*store->log(other))->size(), 3U);
  EXPECT_EQ(store->rollups(kDay, kDay)->size(), 2U);
}

TEST_P(LedgerStorePort, StoresNoneOfTheBatchesTogetherIfOneIsRefused) {
  const std::string other = "ledger.example/box/b2/00000002";
  ASSERT_TRUE(store->add_box(box("b2"), empty_log(other, "b2")).has_value());
  const Appending one = batch_after(log(), 2);
  Appending twice = batch_after(**store->log(other), 2);
  twice.changes.opened.push_back(twice.changes.opened.front());  // one key, two rows
  const std::array<const Appending*, 2> together = {&one, &twice};
  EXPECT_FALSE(store->append_all(together).has_value());
  if (GetParam().shares_commits) {
    EXPECT_EQ(log().size(), 0U);
    EXPECT_TRUE(store->lines(kOrigin, 0, 10)->empty());
  }
  EXPECT_EQ((*store->log(other))->size(), 0U);
  EXPECT_TRUE(store->lines(other, 0, 10)->empty());
}

TEST_P(LedgerStorePort, CountsOnceABatchThatComesAgainAloneAfterOneBesideItWasRefused) {
  const std::string other = "ledger.example/box/b2/00000002";
  ASSERT_TRUE(store->add_box(box("b2"), empty_log(other, "b2")).has_value());
  const Appending one = batch_after(log(), 2);
  Appending twice = batch_after(**store->log(other), 2);
  twice.changes.opened.push_back(twice.changes.opened.front());
  const std::array<const Appending*, 2> together = {&one, &twice};
  ASSERT_FALSE(store->append_all(together).has_value());
  ASSERT_TRUE(store->append(one).has_value());  // done, or moved where it stood already
  EXPECT_EQ(log().note, one.next.note);
  EXPECT_EQ(store->lines(kOrigin, 0, 10)->size(), 2U);
  EXPECT_EQ(store->rollups(kDay, kDay)->at(0).value.gifts, 1U);
  EXPECT_EQ(store->batches(kOrigin)->size(), 1U);
}

TEST_P(LedgerStorePort, UndoesAllOfABatchOfWhichAPartIsRefused) {
  append(1);
  Appending twice = batch_after(log(), 2);
  twice.changes.opened.push_back(twice.changes.opened.front());  // one key, two rows
  EXPECT_FALSE(store->append(twice).has_value());
  EXPECT_EQ(log().size(), 1U);
  EXPECT_EQ(store->lines(kOrigin, 0, 10)->size(), 1U);
  EXPECT_EQ(store->rollups(kDay, kDay)->at(0).value.gifts, 1U);
  append(2);
  EXPECT_EQ(log().size(), 3U);
}

TEST_P(LedgerStorePort, GivesAKnownBoxANewKeyAndANewLog) {
  ASSERT_TRUE(store->set_status("b1", BoxStatus::revoked).has_value());
  EXPECT_EQ((*store->box("b1"))->status, BoxStatus::revoked);
  Box again = box("b1");
  again.key_fingerprint = {9};
  ASSERT_TRUE(store->add_box(again, empty_log(kOrigin + "2", "b1")).has_value());
  EXPECT_EQ((*store->box("b1"))->status, BoxStatus::active);
  EXPECT_EQ((*store->box("b1"))->key_fingerprint, Hash{9});
  EXPECT_EQ(store->boxes()->size(), 1U);
  EXPECT_EQ(store->logs()->size(), 2U);
  EXPECT_FALSE(store->add_box(again, empty_log(kOrigin, "b1")).has_value());
}

TEST_P(LedgerStorePort, RevokesOnlyABoxThatItKnows) {
  EXPECT_EQ(store->set_status("b2", BoxStatus::revoked).error(),
            make_error_code(LedgerErrc::unknown_box));
}

TEST_P(LedgerStorePort, CountsAnAlarmThatIsRaisedAgain) {
  Alarm alarm{.box = "b1",
              .origin = kOrigin,
              .code = "fork",
              .text = "first",
              .evidence = "note",
              .first = kNow,
              .last = kNow,
              .count = 1};
  ASSERT_TRUE(store->raise(alarm).has_value());
  alarm.text = "second";
  alarm.first = alarm.last = kNow + std::chrono::hours(1);
  ASSERT_TRUE(store->raise(alarm).has_value());
  const auto alarms = *store->alarms();
  ASSERT_EQ(alarms.size(), 1U);
  EXPECT_EQ(alarms[0].count, 2U);
  EXPECT_EQ(alarms[0].text, "second");
  EXPECT_EQ(alarms[0].first, kNow);
  EXPECT_EQ(alarms[0].last, kNow + std::chrono::hours(1));
}

TEST_P(LedgerStorePort, KeepsOnlyTheLastWordOfABox) {
  const std::vector<LastWord> first = {{"b1", kNow, "one"}, {"b2", kNow, "two"}};
  const std::vector<LastWord> second = {{"b1", kNow + std::chrono::hours(1), "three"}};
  ASSERT_TRUE(store->keep_last_words(first).has_value());
  ASSERT_TRUE(store->keep_last_words(second).has_value());
  const auto words = *store->last_words();
  ASSERT_EQ(words.size(), 2U);
  EXPECT_EQ(words[0].json, "three");
  EXPECT_EQ(words[1].json, "two");
}

TEST_P(LedgerStorePort, ReplacesTheBooksAndNothingElse) {
  append(3);
  LogState state = log();
  RebuiltLog rebuilt{.state = state, .changes = {}, .posted = {}};
  rebuilt.state.totals = {};
  rebuilt.state.note = "forged";
  rebuilt.changes.accounts[{kNextDay, "open"}] = Fen(5);
  ASSERT_TRUE(store->replace_books(std::vector{rebuilt}).has_value());
  EXPECT_TRUE(store->rollups(kDay, kNextDay)->empty());
  EXPECT_TRUE(store->open_cash(kOrigin)->empty());
  ASSERT_EQ(store->accounts()->size(), 1U);
  EXPECT_EQ(log().totals, LogTotals());
  EXPECT_EQ(log().note, "note of 3");
  EXPECT_EQ(store->lines(kOrigin, 0, 10)->size(), 3U);
}

TEST_P(LedgerStorePort, RestsWithoutHarm) {
  append(3);
  ASSERT_TRUE(store->rest().has_value());
  reopen();
  EXPECT_EQ(log().size(), 3U);
}

TEST_P(LedgerStorePort, AddsALogOnce) {
  LogState second = empty_log(kOrigin + "2", "b1");
  EXPECT_TRUE(store->add_log(second).value());
  second.vkey = "another key";
  EXPECT_FALSE(store->add_log(second).value());
  reopen();
  EXPECT_EQ((*store->log(kOrigin + "2"))->vkey, "key of " + kOrigin + "2");
  append(1);
  EXPECT_FALSE(store->add_log(empty_log(kOrigin, "b1")).value());
  EXPECT_EQ(log().size(), 1U);
}

TEST_P(LedgerStorePort, KeepsTheOfficesLogBesideThoseOfBoxes) {
  LogState office = empty_log("ledger.example/office/1", "");
  office.kind = LogKind::office;
  ASSERT_TRUE(store->add_log(office).value());
  Appending appending = batch_after(office, 2);
  appending.changes = {};
  ASSERT_EQ(store->append(appending).value(), Appended::done);
  EXPECT_EQ(store->append(appending).value(), Appended::moved);
  reopen();
  const LogState kept = **store->log(office.origin);
  EXPECT_EQ(kept.kind, LogKind::office);
  EXPECT_EQ(kept.box, "");
  EXPECT_EQ(kept.size(), 2U);
  EXPECT_EQ(kept.note, "note of 2");
}

TEST_P(LedgerStorePort, KeepsAForkFromItsFirstOwnEntryOn) {
  append(3);
  LogState fork = log();
  fork.origin = fork_origin(kOrigin, fork_name(Hash{0xAB}));
  fork.kind = LogKind::fork;
  fork.base = fork.posted = fork.size();
  fork.retold = {.own = fork.size() + 1, .known = {{3, {{kOrigin, {1, 2}}, {"other", {7}}}}}};
  ASSERT_TRUE(store->add_log(fork).value());
  EXPECT_EQ((*store->log(fork.origin))->retold, fork.retold);
  fork.retold.known.push_back({5, {{"later", {9}}}});
  Appending appending = batch_after(fork, 2);
  appending.changes = {};
  ASSERT_EQ(store->append(appending).value(), Appended::done);
  reopen();
  const LogState kept = **store->log(fork.origin);
  EXPECT_EQ(kept.kind, LogKind::fork);
  EXPECT_EQ(kept.base, 3U);
  EXPECT_EQ(kept.posted, 3U);
  EXPECT_EQ(kept.retold, fork.retold);
  EXPECT_EQ(kept.size(), 5U);
  ASSERT_EQ(store->forks(kOrigin)->size(), 1U);
  EXPECT_EQ(store->forks(kOrigin)->front().origin, fork.origin);
  EXPECT_TRUE(store->forks("ledger.example/box/b1/0123456")->empty());
  EXPECT_EQ(store->lines(fork.origin, 0, 10)->front(), "line 3");
  EXPECT_EQ(log().size(), 3U);
  EXPECT_EQ(store->lines(kOrigin, 0, 10)->size(), 3U);
}

TEST_P(LedgerStorePort, TakesNoBatchThatWasCheckedBeforeThePostingOfTheOffice) {
  append(3);
  const Appending late = batch_after(log(), 1);  // it closes the cash that the office closes
  OfficePosting posting{.box = "b1",
                        .office = "ledger.example/office/1",
                        .seq = 4,
                        .origin = kOrigin,
                        .expected_size = 3,
                        .changes = {},
                        .posted = {}};
  posting.changes.closed = {0};
  ASSERT_EQ(store->post(posting).value(), Posted::done);
  LogState old = late.next;
  EXPECT_EQ(store->append(late).value(), Appended::moved);
  EXPECT_EQ(log().size(), 3U);
  EXPECT_FALSE(log().floor.has_value());
  old.frontier = log().frontier;
  old.unsure = true;
  EXPECT_FALSE(store->set_floor(old).value());
  append(1);
}

TEST_P(LedgerStorePort, ForgetsWhatBoxesSaidBeforeARestore) {
  const std::array<LastWord, 1> words = {
      LastWord{.box = "b1", .received = kNow, .json = R"({"head":9})"}};
  ASSERT_TRUE(store->keep_last_words(words).has_value());
  ASSERT_TRUE(store->doubt_all().has_value());
  EXPECT_TRUE(store->last_words()->empty());
}

TEST_P(LedgerStorePort, PostsAnEntryOfTheOfficeOnce) {
  append(3);
  OfficePosting posting{.box = "b1",
                        .office = "ledger.example/office/1",
                        .seq = 4,
                        .origin = kOrigin,
                        .expected_size = 3,
                        .changes = {},
                        .posted = 2};
  posting.changes.closed = {0};
  posting.changes.accounts[{kDay, "open"}] = Fen(-50);
  EXPECT_EQ(store->post(posting).value(), Posted::done);
  EXPECT_EQ(store->post(posting).value(), Posted::before);
  reopen();
  EXPECT_EQ(store->post(posting).value(), Posted::before);
  EXPECT_TRUE(store->open_cash(kOrigin)->empty());
  EXPECT_EQ(log().posted, 1U);
  const auto accounts = *store->accounts();
  const auto open =
      std::ranges::find(accounts, "open", [](const AccountRow& row) { return row.key.account; });
  ASSERT_NE(open, accounts.end());
  EXPECT_EQ(open->balance, Fen(-50));
  posting.seq = 5;
  posting.expected_size = 2;
  EXPECT_EQ(store->post(posting).value(), Posted::moved);
  posting.expected_size = 3;
  EXPECT_EQ(store->post(posting).value(), Posted::done);
}

TEST_P(LedgerStorePort, KeepsAFloorOnlyForTheSizeThatItWasFoundAt) {
  append(3);
  LogState doubted = log();
  doubted.floor = Floor{.size = 9, .root = Hash{0xCD}};
  doubted.unsure = true;
  EXPECT_TRUE(store->set_floor(doubted).value());
  reopen();
  EXPECT_EQ(log().floor, doubted.floor);
  EXPECT_TRUE(log().unsure);
  append(1);
  EXPECT_EQ(log().floor, doubted.floor);
  LogState sure = doubted;
  sure.floor.reset();
  EXPECT_FALSE(store->set_floor(sure).value());
  EXPECT_EQ(log().floor, doubted.floor);
  Appending last = batch_after(log(), 1);
  last.next.floor.reset();
  last.next.unsure = false;
  ASSERT_EQ(store->append(last).value(), Appended::done);
  EXPECT_FALSE(log().floor.has_value());
  EXPECT_FALSE(log().unsure);
}

TEST_P(LedgerStorePort, DoubtsEveryLogButForks) {
  append(1);
  LogState fork = log();
  fork.origin = fork_origin(kOrigin, fork_name(Hash{0xAB}));
  fork.kind = LogKind::fork;
  ASSERT_TRUE(store->add_log(fork).value());
  ASSERT_TRUE(store->doubt_all().has_value());
  reopen();
  EXPECT_TRUE(log().unsure);
  EXPECT_FALSE((*store->log(fork.origin))->unsure);
}

}  // namespace yijuan::ledger
