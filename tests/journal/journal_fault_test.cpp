// What must hold when the disk fails: the journal as it was before or after a commit, everything
// acknowledged in it, and never a second try after a failed sync.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sqlite3.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "journal/writer.hpp"
#include "tests/journal/journal_fixture.hpp"
#include "tests/support/seeded_random.hpp"

namespace yijuan {
namespace {

using test::coin_append;
using test::DiskCall;
using test::DiskFault;
using test::DiskOperation;
using test::fault_at;
using test::Lasts;
using test::of;

constexpr std::int64_t kMarkPage = 3 * 4096;  // its table is the third

class JournalFaultTest : public test::JournalTest {
 protected:
  JournalFaultTest() {
    use(disk_);
    options_.wal_bytes = 8 * 1024;
    options_.most_frames = 12;  // coins have checkpoints between them
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

  test::SimDisk disk_;
  std::vector<Hash> acknowledged_;
};

TEST_F(JournalFaultTest, AfterAFailedSyncNothingIsWrittenAndTheNextCoinIsRefused) {
  open();
  disk_.fail_next(DiskOperation::sync);  // only once: a second try would "work"
  take_coins(20);
  EXPECT_TRUE(acknowledged_.empty());
  auto next = commit(coin_append(1));
  ASSERT_FALSE(next);
  EXPECT_EQ(next.error(), make_error_code(JournalErrc::stopped));
  disk_.take_calls();
  close();
  EXPECT_EQ(disk_.count(of(DiskOperation::write)), 0U) << "wrote on after a failed sync";
  EXPECT_EQ(disk_.count(of(DiskOperation::sync)), 0U);
}

TEST_F(JournalFaultTest, AClosedJournalIsWholeThoughThePowerGoesRightAfter) {
  open();
  take_coins(20);
  close();
  disk_.power_cut();
  expect_everything_acknowledged("after a cut");
}

TEST_F(JournalFaultTest, AFileOfWhichTheSystemCannotTellIsNotTakenForAMissingOne) {
  open();
  take_coins(3);
  close();
  disk_.plan(fault_at(1, DiskFault::fail, Lasts::for_ever, [](const DiskCall& call) {
    return call.operation == DiskOperation::size && call.path.find(".new") == std::string::npos;
  }));
  auto opened = try_open();
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error(), make_error_code(JournalErrc::cannot_open));
  disk_.plan({});
  expect_everything_acknowledged("after the disk came back");
}

TEST_F(JournalFaultTest, AFolderThatCannotBeSyncedForTheNewWalStopsTheStart) {
  options_.most_frames = 1000;
  // SQLite passes over this error: the coins of a WAL without a durable name are gone after a cut.
  disk_.plan(fault_at(1, DiskFault::fail, Lasts::for_ever, of(DiskOperation::sync_folder, "-wal")));
  if (try_open()) take_coins(1);
  disk_.power_cut();
  expect_everything_acknowledged("after a cut");

  test::SimDisk broken;
  use(broken);
  broken.plan(fault_at(2, DiskFault::fail, Lasts::for_ever,
                       of(DiskOperation::sync_folder, "/box/journal.db")));
  EXPECT_FALSE(try_open());
  use(disk_);
}

TEST_F(JournalFaultTest, AMarkThatTheDiskKeptOldIsFoundBeforeACoinIsCountedTwice) {
  open();
  take_coins(3);
  close();
  open();
  // The page of the mark does not reach the file, everything else does.
  disk_.plan(fault_at(1, DiskFault::drop, Lasts::for_ever, [](const DiskCall& call) {
    return call.operation == DiskOperation::write && call.path.ends_with(".db") &&
           call.offset == kMarkPage;
  }));
  take_coins(1);
  close();
  EXPECT_TRUE(disk_.struck());
  disk_.plan({});
  auto opened = try_open();
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error(), make_error_code(JournalErrc::damaged));
  EXPECT_THAT(opened.error().message(), testing::HasSubstr("the mark of coin"));
}

TEST_F(JournalFaultTest, AFullDiskUsesTheReserveAndSaysSoUntilThereIsRoom) {
  open();
  std::vector<bool> told;
  journal_->on_disk_full([&told](bool full) { told.push_back(full); });
  EXPECT_EQ(disk_.content(options_.path + ".reserve").size(), options_.reserve_bytes);
  disk_.plan(fault_at(1, DiskFault::full, Lasts::once, of(DiskOperation::write)));
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
  EXPECT_EQ(disk_.content(options_.path + ".reserve").size(), options_.reserve_bytes);
  EXPECT_TRUE(verify());
}

TEST_F(JournalFaultTest, ADiskFullAtACheckpointIsSaidAndStopsNoCoin) {
  open();
  std::vector<bool> told;
  journal_->on_disk_full([&told](bool full) { told.push_back(full); });
  std::atomic<bool> full = true;
  disk_.plan([&full, into_the_file = of(DiskOperation::write, ".db")](const DiskCall& call) {
    return full && into_the_file(call) ? DiskFault::full : DiskFault::none;
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
  disk_.plan({});
  expect_everything_acknowledged("after a checkpoint without room");
}

TEST_F(JournalFaultTest, AnErrorWhileNobodyWaitsIsToldBeforeTheNextCoin) {
  options_.quiet_frames = 1;
  options_.most_frames = 1000;
  open();
  std::optional<Error> told;
  journal_->on_failed([&told](const Error& error) { told = error; });
  disk_.plan(fault_at(1, DiskFault::fail, Lasts::for_ever, of(DiskOperation::write, ".db")));
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
  disk_.plan({});
  expect_everything_acknowledged("after a failed checkpoint");
}

TEST_F(JournalFaultTest, ADiskThatStaysFullRefusesTheEntryAndKeepsTheOthers) {
  open();
  take_coins(5);
  disk_.plan(fault_at(1, DiskFault::full, Lasts::for_ever));
  auto done = commit(coin_append(1));
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error(), make_error_code(JournalErrc::disk_full));
  EXPECT_EQ(journal_->head().size, 5U);
  close();
  disk_.plan({});
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
  disk_.plan(fault_at(1, DiskFault::full, Lasts::for_ever));
  auto opened = try_open();
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error(), make_error_code(JournalErrc::disk_full)) << opened.error().message();
  disk_.plan({});
  open();
}

// Found by the simulation. SQLite begins a WAL anew under the salt of a header that a power cut
// tore: what an earlier round left behind looked like acknowledged entries behind a bad frame.
TEST_F(JournalFaultTest, AWalWhoseHeaderWasTornIsNotTakenForOneThatLostFrames) {
  options_.most_frames = 30;
  open();
  take_coins(20);
  const auto header = [](const DiskCall& call) {
    return call.operation == DiskOperation::write && call.path.ends_with("-wal") &&
           call.offset == 0;
  };
  disk_.plan(fault_at(1, DiskFault::cut, Lasts::once, header));
  take_coins(20);
  ASSERT_TRUE(disk_.struck());
  close();
  test::SeededRandom random(1);
  disk_.power_cut(random);
  open();
  take_coins(1);
  const auto all = lines();
  disk_.end_process();
  close();
  auto opened = try_open();
  ASSERT_TRUE(opened) << opened.error().message();
  EXPECT_EQ(lines(), all);
}

}  // namespace
}  // namespace yijuan
