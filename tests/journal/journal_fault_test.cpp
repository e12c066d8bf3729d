// What must hold when the disk fails: the journal as it was before or after a commit, everything
// acknowledged in it, and never a second try after a failed sync.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sqlite3.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "journal/writer.hpp"
#include "tests/journal/fault_vfs.hpp"
#include "tests/journal/journal_fixture.hpp"

namespace yijuan {
namespace {

using test::coin_append;
using test::FaultVfs;
using test::FileOperation;

class JournalFaultTest : public test::JournalTest {
 protected:
  JournalFaultTest() {
    options_.vfs = files_.name();
    options_.wal_bytes = 8 * 1024;
    options_.most_frames = 12;  // the flow has checkpoints in it
    options_.quiet = std::chrono::milliseconds(5);
  }
  ~JournalFaultTest() override { close(); }

  /// Coins until one fails; what was acknowledged.
  void take_coins(int count) {
    for (int i = 0; i < count; ++i) {
      std::optional<Result<void>> result;
      const auto refs = journal_->append(
          coin_append(i), [&result](Result<void> done) { result = std::move(done); });
      loop_.restart();
      while (!result && loop_.run_one() > 0) {
      }
      if (!result || !*result) return;
      acknowledged_.push_back(refs.at(0).leaf);
    }
  }

  void expect_everything_acknowledged(const std::string& when) {
    options_.vfs.clear();
    auto opened = try_open();
    ASSERT_TRUE(opened) << when << ": " << opened.error().message();
    const auto all = lines();
    ASSERT_GE(all.size(), acknowledged_.size()) << when;
    for (std::size_t i = 0; i < acknowledged_.size(); ++i) {
      ASSERT_EQ(tlog::leaf_hash(all[i]), acknowledged_[i]) << when << ", entry " << i;
    }
    // The mark moved with its entry, or neither did.
    ASSERT_EQ(journal_->marks().size(), all.empty() ? 0U : 1U) << when;
    if (!all.empty()) {
      const auto last = tlog::parse_line(all.back());
      EXPECT_EQ(journal_->marks()[0].counter, std::get<tlog::Cash>(last->body).counter) << when;
    }
    auto verified = verify();
    EXPECT_TRUE(verified) << when << ": " << verified.error().message();
    // And it goes on.
    auto next = commit(coin_append(99));
    EXPECT_TRUE(next) << when;
    close();
  }

  /// A fresh directory's worth of journal.
  void start_again(int turn) {
    options_.vfs = files_.name();
    options_.path = (directory_.path() / fmt::format("journal-{}.db", turn)).string();
    acknowledged_.clear();
  }

  FaultVfs files_;
  std::vector<Hash> acknowledged_;
};

// Returns `code` at the operation number `at`, and counts.
FaultVfs::Plan fail_at(int at, int code, bool for_ever) {
  return [at, code, for_ever, count = 0](FileOperation, const std::string&) mutable {
    ++count;
    return count == at || (for_ever && count > at) ? code : SQLITE_OK;
  };
}

TEST_F(JournalFaultTest, APowerCutAtEveryOperationOfFirstStartAndCoinsLosesNothing) {
  bool cut = true;
  int operation = 0;
  for (; cut; ++operation) {
    start_again(operation);
    cut = false;
    files_.plan([&cut, operation, count = 0](FileOperation, const std::string&) mutable {
      if (count++ < operation) return SQLITE_OK;
      cut = true;
      return SQLITE_IOERR;
    });
    if (try_open()) take_coins(9);
    close();
    // Odd: nothing that was not synced; even: any part of it.
    files_.leave_disk(operation % 2 == 0 ? static_cast<std::uint64_t>(operation) : 0);
    expect_everything_acknowledged(fmt::format("cut at operation {}", operation));
    if (HasFatalFailure()) return;
  }
  EXPECT_EQ(acknowledged_.size(), 9U);
  EXPECT_GT(operation, 60);
  fmt::print("{} cuts, one at each operation\n", operation - 1);
}

TEST_F(JournalFaultTest, AFailedSyncIsFatalAndEverythingAcknowledgedIsThere) {
  for (int sync = 1; sync < 12; ++sync) {
    start_again(sync);
    open();
    files_.plan([sync, count = 0](FileOperation operation, const std::string&) mutable {
      if (operation != FileOperation::sync) return SQLITE_OK;
      return ++count == sync ? SQLITE_IOERR_FSYNC : SQLITE_OK;  // only once: a retry would "work"
    });
    take_coins(20);
    ASSERT_LT(acknowledged_.size(), 20U) << "sync " << sync;
    auto next = commit(coin_append(1));
    ASSERT_FALSE(next);
    EXPECT_EQ(next.error(), make_error_code(JournalErrc::stopped));
    files_.take_counts();
    close();
    EXPECT_EQ(files_.take_counts().writes, 0) << "wrote on after a failed sync";
    files_.leave_disk(static_cast<std::uint64_t>(sync));
    expect_everything_acknowledged(fmt::format("sync {}", sync));
  }
}

TEST_F(JournalFaultTest, AWriteErrorAtEveryOperationIsFatalOnceAndLosesNothing) {
  for (int operation = 1; operation < 70; operation += 3) {
    start_again(operation);
    open();
    files_.plan(fail_at(operation, SQLITE_IOERR_WRITE, operation % 2 == 0));
    take_coins(20);
    close();
    files_.leave_disk(static_cast<std::uint64_t>(operation));
    expect_everything_acknowledged(fmt::format("operation {}", operation));
  }
}

TEST_F(JournalFaultTest, AFullDiskUsesTheReserveAndSaysSoUntilThereIsRoom) {
  open();
  std::vector<bool> told;
  journal_->on_disk_full([&told](bool full) { told.push_back(full); });
  EXPECT_TRUE(std::filesystem::exists(options_.path + ".reserve"));
  files_.plan(fail_at(1, SQLITE_FULL, false));
  auto done = commit(coin_append(1));
  EXPECT_TRUE(done) << done.error().message();
  EXPECT_EQ(journal_->head().size, 1U);
  ASSERT_FALSE(told.empty());
  EXPECT_TRUE(told[0]);
  for (int i = 0; i < 200 && journal_->disk_full(); ++i) {
    ASSERT_TRUE(commit({}));
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_EQ(told, (std::vector<bool>{true, false}));
  EXPECT_TRUE(std::filesystem::exists(options_.path + ".reserve"));
  EXPECT_TRUE(verify());
}

TEST_F(JournalFaultTest, ADiskFullAtACheckpointIsSaidAndStopsNoCoin) {
  open();
  std::vector<bool> told;
  journal_->on_disk_full([&told](bool full) { told.push_back(full); });
  std::atomic<bool> full = true;
  files_.plan([&full](FileOperation operation, const std::string& path) {
    return full && operation == FileOperation::write && path.ends_with(".db") ? SQLITE_FULL
                                                                              : SQLITE_OK;
  });
  take_coins(20);
  EXPECT_EQ(acknowledged_.size(), 20U);  // what falls while acceptors are being shut
  EXPECT_TRUE(journal_->disk_full());
  full = false;
  for (int i = 0; i < 200 && journal_->disk_full(); ++i) {
    ASSERT_TRUE(commit({}));
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_EQ(told, (std::vector<bool>{true, false}));
  close();
  files_.plan({});
  expect_everything_acknowledged("after a checkpoint without room");
}

TEST_F(JournalFaultTest, AnErrorWhileNobodyWaitsIsToldBeforeTheNextCoin) {
  options_.quiet_frames = 1;
  options_.most_frames = 1000;
  open();
  std::optional<Error> told;
  journal_->on_failed([&told](const Error& error) { told = error; });
  files_.plan([](FileOperation operation, const std::string& path) {
    return operation == FileOperation::write && path.ends_with(".db") ? SQLITE_IOERR_WRITE
                                                                      : SQLITE_OK;
  });
  take_coins(1);
  ASSERT_EQ(acknowledged_.size(), 1U);
  const auto work = asio::make_work_guard(loop_);
  loop_.restart();
  loop_.run_one();  // the checkpoint's report, and nothing else
  ASSERT_TRUE(told.has_value());
  auto next = commit(coin_append(1));
  ASSERT_FALSE(next);
  EXPECT_EQ(next.error(), make_error_code(JournalErrc::stopped));
  close();
  files_.plan({});
  expect_everything_acknowledged("after a failed checkpoint");
}

TEST_F(JournalFaultTest, ADiskThatStaysFullRefusesTheEntryAndKeepsTheOthers) {
  open();
  take_coins(5);
  files_.plan(fail_at(1, SQLITE_FULL, true));
  auto done = commit(coin_append(1));
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error(), make_error_code(JournalErrc::disk_full));
  EXPECT_EQ(journal_->head().size, 5U);
  close();
  files_.plan({});
  expect_everything_acknowledged("after a full disk");
}

TEST_F(JournalFaultTest, ADiskThatStaysTooFullForTheReserveIsToldOnce) {
  options_.reserve_bytes = std::uint64_t{1} << 50;  // no disk has it
  testing::internal::CaptureStderr();
  journal::Writer::Found found;
  auto writer = journal::Writer::open(options_, found);
  ASSERT_TRUE(writer) << writer.error().message();
  for (int i = 0; i < 5; ++i) (*writer)->refill_reserve();
  const std::string told = testing::internal::GetCapturedStderr();
  EXPECT_EQ(std::ranges::count(told, '\n'), 1) << told;
  EXPECT_THAT(told, testing::HasSubstr("journal.db.reserve"));
  EXPECT_TRUE((*writer)->disk_full());
}

TEST_F(JournalFaultTest, ADiskFullAtFirstStartIsSaidAndLeavesNoHalfJournal) {
  files_.plan(fail_at(3, SQLITE_FULL, true));
  auto opened = try_open();
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error(), make_error_code(JournalErrc::disk_full)) << opened.error().message();
  files_.plan({});
  open();
}

}  // namespace
}  // namespace yijuan
