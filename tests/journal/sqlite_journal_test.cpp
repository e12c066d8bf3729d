#include "journal/sqlite_journal.hpp"

#include <gmock/gmock.h>
#include <sqlite3.h>

#include <algorithm>
#include <thread>

#include "tests/journal/journal_fixture.hpp"
#include "tests/support/disk/sim_disk.hpp"
#include "tlog/checkpoint.hpp"

namespace yijuan {
namespace {

using test::coin_append;
using test::DiskOperation;
using test::run_task;
using SqliteJournalTest = test::JournalTest;

class JournalSyncTest : public test::JournalTest {
 protected:
  JournalSyncTest() { use(disk_); }
  ~JournalSyncTest() override { close(); }

  std::size_t take_syncs() {
    const auto syncs = disk_.count(test::of(DiskOperation::sync));
    disk_.take_calls();
    return syncs;
  }

  test::SimDisk disk_;
};

TEST_F(SqliteJournalTest, DoneComesInOrderAfterTheEntryIsDurable) {
  open();
  std::vector<std::uint64_t> order;
  for (int i = 0; i < 50; ++i) {
    const auto refs = journal_->append(coin_append(i), [this, i, &order](Result<void> done) {
      EXPECT_TRUE(done);
      EXPECT_GE(journal_->head().size, static_cast<std::uint64_t>(i) + 1);
      order.push_back(static_cast<std::uint64_t>(i));
    });
    ASSERT_EQ(refs.size(), 1U);
    EXPECT_EQ(refs[0].seq, static_cast<Seq>(i));
  }
  EXPECT_EQ(journal_->next_seq(), 50U);
  loop_.run();
  ASSERT_EQ(order.size(), 50U);
  EXPECT_TRUE(std::ranges::is_sorted(order));
  EXPECT_EQ(journal_->head().root, test::root_of(lines()));
}

TEST_F(SqliteJournalTest, AnAppendWithoutEntriesWaitsForWhatIsAhead) {
  open();
  bool coin_done = false;
  journal_->append(coin_append(1),
                   [&coin_done](Result<void> done) { coin_done = done.has_value(); });
  auto waited = commit({});
  EXPECT_TRUE(waited);
  EXPECT_TRUE(coin_done);
}

TEST_F(JournalSyncTest, AnIdleCommitSyncsOnce) {
  open();
  for (int i = 0; i < 20; ++i) {
    take_syncs();
    auto done = commit(coin_append(i));
    ASSERT_TRUE(done);
    EXPECT_EQ(take_syncs(), 1U) << "coin " << i;
  }
}

TEST_F(JournalSyncTest, TheCoinAfterACheckpointPaysNothingForIt) {
  options_.most_frames = 12;
  open();
  std::vector<std::size_t> syncs;
  for (int i = 0; i < 40; ++i) {
    take_syncs();
    commit_coins(1);
    ASSERT_TRUE(commit({}));  // after the checkpoint, if this coin was followed by one
    syncs.push_back(take_syncs());
  }
  EXPECT_GE(std::ranges::count_if(syncs, [](std::size_t count) { return count > 1; }), 5);
  for (std::size_t i = 1; i < syncs.size(); ++i) {
    if (syncs[i - 1] > 1) EXPECT_EQ(syncs[i], 1U) << "coin " << i;
  }
  EXPECT_EQ(lines().size(), 40U);
}

TEST_F(JournalSyncTest, ACrowdWithoutAPauseMakesTheWalNoLonger) {
  options_.wal_bytes = JournalOptions().wal_bytes;
  open();
  const auto made = disk_.size(options_.path + "-wal");
  ASSERT_TRUE(made && *made);
  EXPECT_GE(**made, options_.wal_bytes);
  commit_coins(1000);  // several times what fits
  const auto after = disk_.size(options_.path + "-wal");
  ASSERT_TRUE(after && *after);
  EXPECT_EQ(**after, **made);
}

TEST_F(JournalSyncTest, EntriesQueuedBehindASlowCommitShareTheNextOne) {
  open();
  disk_.plan([](const test::DiskCall& call) {
    if (call.operation == DiskOperation::sync) {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return test::DiskFault::none;
  });
  take_syncs();
  int done = 0;
  for (int i = 0; i < 30; ++i) {
    journal_->append(coin_append(i), [&done](Result<void> result) { done += result ? 1 : 0; });
  }
  loop_.run();
  EXPECT_EQ(done, 30);
  EXPECT_LT(take_syncs(), 30U);
}

TEST_F(SqliteJournalTest, MarksAndEntriesAreThereAfterAReopen) {
  open();
  commit_coins(7);
  const LogHead head = journal_->head();
  close();
  open();
  EXPECT_EQ(journal_->head().size, 7U);
  EXPECT_EQ(journal_->head().root, head.root);
  EXPECT_EQ(journal_->next_seq(), 7U);
  ASSERT_EQ(journal_->marks().size(), 1U);
  EXPECT_EQ(journal_->marks()[0], (CounterMark{"coin", "示例", 7, false}));
  EXPECT_TRUE(verify());
}

TEST_F(SqliteJournalTest, WhatIsQueuedWhenItClosesIsKept) {
  open();
  for (int i = 0; i < 40; ++i) journal_->append(coin_append(i), {});
  close();
  open();
  EXPECT_EQ(journal_->head().size, 40U);
}

TEST_F(SqliteJournalTest, RootsOfOlderSizesAndReadsWithinBounds) {
  open();
  commit_coins(70);
  const auto all = lines();
  for (const std::uint64_t size : {0U, 1U, 33U, 32U, 64U, 69U, 70U}) {
    auto root = run_task(loop_, journal_->root_at(size));
    ASSERT_TRUE(root);
    EXPECT_EQ(*root, test::root_of({all.begin(), all.begin() + static_cast<long>(size)})) << size;
  }
  EXPECT_FALSE(run_task(loop_, journal_->root_at(71)));
  auto some = run_task(loop_, journal_->read(10, 5, 1U << 20U));
  ASSERT_TRUE(some);
  EXPECT_EQ(*some, std::vector<std::string>(all.begin() + 10, all.begin() + 15));
  auto one = run_task(loop_, journal_->read(3, 100, 1));
  ASSERT_TRUE(one);
  EXPECT_EQ(one->size(), 1U);
  auto none = run_task(loop_, journal_->read(70, 10, 1000));
  ASSERT_TRUE(none);
  EXPECT_TRUE(none->empty());
}

TEST_F(SqliteJournalTest, AClockAt1970OrTenYearsAheadChangesNoOrder) {
  open();
  for (const char* time :
       {"2036-10-17T00:00:00.000Z", "1970-01-01T00:00:00.000Z", "2026-10-17T00:00:00.000Z"}) {
    clock_.reading.time = *parse_rfc3339(time);
    auto done = commit(coin_append(1));
    ASSERT_TRUE(done);
  }
  close();
  open();
  Seq seq = 0;
  for (const std::string& line : lines()) EXPECT_EQ(tlog::parse_line(line)->header.seq, seq++);
  EXPECT_EQ(seq, 3U);
  EXPECT_TRUE(verify());
}

TEST_F(SqliteJournalTest, TheNewestCosignedCheckpointAndSnapshotAreKept) {
  open();
  commit_coins(3);
  const tlog::SigningKey key(options_.origin, tlog::KeyType::note, {});
  const auto root = run_task(loop_, journal_->root_at(2));
  const std::string note = tlog::sign_checkpoint({options_.origin, 2, *root}, key);
  ASSERT_TRUE(run_task(loop_, journal_->store_cosigned(2, note)));
  ASSERT_TRUE(run_task(loop_, journal_->store_cosigned(1, "older")));
  EXPECT_FALSE(run_task(loop_, journal_->store_cosigned(4, "not durable")));
  journal_->keep_snapshot({3, "open cash: none"});
  close();
  open();
  EXPECT_EQ(journal_->cosigned_size(), 2U);
  EXPECT_EQ(journal_->cosigned(), note);
  ASSERT_TRUE(journal_->snapshot());
  EXPECT_EQ(journal_->snapshot()->size, 3U);
  EXPECT_EQ(journal_->snapshot()->text, "open cash: none");
  EXPECT_TRUE(verify());
}

TEST_F(SqliteJournalTest, ACheckpointOfAnotherHistoryIsFound) {
  open();
  commit_coins(3);
  const tlog::SigningKey key(options_.origin, tlog::KeyType::note, {});
  const std::string note = tlog::sign_checkpoint({options_.origin, 2, Hash{}}, key);
  ASSERT_TRUE(run_task(loop_, journal_->store_cosigned(2, note)));
  close();
  open();
  auto verified = verify();
  ASSERT_FALSE(verified);
  EXPECT_THAT(verified.error().message(), testing::HasSubstr("cosigned another root"));
}

TEST_F(SqliteJournalTest, ASecondDaemonIsTurnedAway) {
  open();
  auto second = SqliteJournal::open(loop_.get_executor(), clock_, random_, options_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error(), make_error_code(JournalErrc::in_use));
  EXPECT_THAT(second.error().message(), testing::HasSubstr("process"));
}

TEST_F(SqliteJournalTest, AMissingForeignOrOtherLogsFileIsRefused) {
  options_.create = false;
  EXPECT_EQ(try_open().error(), make_error_code(JournalErrc::absent));
  options_.create = true;
  open();
  close();
  options_.origin = "ledger.example/box/market-2/0011aabb";
  EXPECT_EQ(try_open().error(), make_error_code(JournalErrc::wrong_origin));
  options_.path = (directory_.path() / "letter.txt").string();
  std::ofstream(options_.path) << std::string(9000, 'x');
  EXPECT_FALSE(try_open());
  options_.path = (directory_.path() / "empty.db").string();
  std::ofstream(options_.path).flush();
  EXPECT_EQ(try_open().error(), make_error_code(JournalErrc::foreign_file));
}

TEST_F(SqliteJournalTest, AWalWithoutItsFileIsNotThrownAway) {
  open();
  commit_coins(1);
  close();
  std::filesystem::remove(options_.path);
  auto opened = try_open();
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error(), make_error_code(JournalErrc::damaged));
}

TEST_F(SqliteJournalTest, ReadsAndVerificationRunBesideCommits) {
  options_.most_frames = 30;
  open();
  commit_coins(300);
  int done = 0;
  for (int i = 0; i < 200; ++i) {
    journal_->append(coin_append(i), [&done](Result<void> result) { done += result ? 1 : 0; });
  }
  auto verified = verify();
  EXPECT_TRUE(verified) << verified.error().message();
  loop_.restart();
  loop_.run();
  EXPECT_EQ(done, 200);
}

}  // namespace
}  // namespace yijuan
