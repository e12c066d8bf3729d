// What a simulated disk keeps and loses: if it kept too much, every test on it would be blind.
#include "tests/support/disk/sim_disk.hpp"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <set>

#include "journal/errc.hpp"
#include "tests/support/seeded_random.hpp"

namespace yijuan::test {
namespace {

constexpr int kNew = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MAIN_DB;

class SimDiskTest : public ::testing::Test {
 protected:
  void open(const char* path = "/d/file", int flags = kNew) {
    ASSERT_EQ(disk.open_file(path, flags, file), SQLITE_OK);
  }
  int write(std::size_t offset, const std::string& bytes) {
    return disk.write_file(file, bytes, offset);
  }
  /// A durable file of `bytes`.
  void settled(const std::string& bytes) {
    open();
    write(0, bytes);
    disk.sync_file(file);
    EXPECT_TRUE(disk.sync_folder("/d/file"));
  }

  SimDisk disk{{.sector = 512}};
  SimDisk::Open file;
};

TEST_F(SimDiskTest, WhatWasNotSyncedIsGoneAfterACut) {
  settled("old old");
  write(0, "new");
  EXPECT_EQ(disk.content("/d/file"), "new old");
  disk.power_cut();
  EXPECT_EQ(disk.content("/d/file"), "old old");
}

TEST_F(SimDiskTest, WhatWasNotSyncedIsThereAfterTheProcessEnded) {
  settled("old old");
  write(0, "new");
  disk.end_process();
  EXPECT_EQ(disk.content("/d/file"), "new old");
}

TEST_F(SimDiskTest, ACutLeavesEachSectorInAnyStateThatItWentThroughAndTheSameForASeed) {
  settled(std::string(1024, '0'));
  write(0, std::string(1024, '1'));
  write(512, std::string(512, '2'));
  std::set<std::string> found;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    std::string twice;
    for (int time = 0; time < 2; ++time) {
      const auto copy = disk.copy();
      SeededRandom random(seed);
      copy->power_cut(random);
      const std::string content = copy->content("/d/file");
      EXPECT_EQ(content.substr(0, 512), std::string(512, content[0]));
      EXPECT_EQ(content.substr(512), std::string(512, content[512]));
      const std::string kept = {content[0], content[512]};
      found.insert(kept);
      if (time == 0) twice = kept;
      EXPECT_EQ(kept, twice);
    }
  }
  EXPECT_EQ(found, (std::set<std::string>{"00", "01", "02", "10", "11", "12"}));
}

TEST_F(SimDiskTest, ANameWithoutASyncOfItsFolderIsGoneAndARenameIsAllOrNothing) {
  settled("old");
  open("/d/file.new");
  write(0, "new");
  disk.sync_file(file);
  ASSERT_TRUE(disk.rename("/d/file.new", "/d/file"));
  EXPECT_EQ(disk.content("/d/file"), "new");
  std::set<std::string> found;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const auto copy = disk.copy();
    SeededRandom random(seed);
    copy->power_cut(random);
    found.insert(copy->content("/d/file") + "," + copy->content("/d/file.new"));
  }
  EXPECT_EQ(found, (std::set<std::string>{"old,", "old,new", "new,"}));
  disk.power_cut();
  EXPECT_EQ(disk.content("/d/file"), "old");
}

TEST_F(SimDiskTest, AFailedSyncIsNeverMadeGoodByALaterOne) {
  settled("old");
  write(0, "new");
  disk.fail_next(DiskOperation::sync);
  EXPECT_EQ(disk.sync_file(file), SQLITE_IOERR_FSYNC);
  EXPECT_EQ(disk.sync_file(file), SQLITE_OK);
  EXPECT_EQ(disk.content("/d/file"), "new");  // as the system's cache says
  EXPECT_TRUE(disk.settle("/d/file"));
  EXPECT_EQ(disk.content("/d/file"), "old");
}

TEST_F(SimDiskTest, AWriteThatIsHeldBackIsLostThoughALaterOneIsKept) {
  settled("0000");
  disk.plan(fault_at(1, DiskFault::hold));
  write(0, "11");
  write(2, "22");
  disk.sync_file(file);
  EXPECT_EQ(disk.content("/d/file"), "1122");
  disk.power_cut();
  EXPECT_EQ(disk.content("/d/file"), "0022");
}

TEST_F(SimDiskTest, AfterACutNothingThatWasOpenChangesAnything) {
  settled("old");
  disk.plan(fault_at(1, DiskFault::cut));
  EXPECT_EQ(write(0, "new"), SQLITE_IOERR_WRITE);
  EXPECT_EQ(disk.sync_file(file), SQLITE_IOERR_FSYNC);  // nor before it is back
  disk.power_cut();
  EXPECT_EQ(write(0, "new"), SQLITE_IOERR_WRITE);
  EXPECT_EQ(disk.sync_file(file), SQLITE_IOERR_FSYNC);
  EXPECT_EQ(disk.content("/d/file"), "old");
}

TEST_F(SimDiskTest, OneProcessHoldsALockUntilItEnds) {
  auto held = disk.lock("/d/lock");
  ASSERT_TRUE(held);
  EXPECT_EQ(disk.lock("/d/lock").error(), make_error_code(JournalErrc::in_use));
  disk.end_process();
  EXPECT_TRUE(disk.lock("/d/lock"));
}

TEST_F(SimDiskTest, AFullDiskWritesNothingAndHasRoomAgainWhenSomethingGoes) {
  settled("old");
  disk.set_capacity(5 * 4096);
  EXPECT_TRUE(disk.reserve("/d/reserve", 2 * 4096));  // twice that must be free
  EXPECT_EQ(write(4096, std::string(3 * 4096, 'x')), SQLITE_FULL);
  EXPECT_EQ(disk.content("/d/file"), "old");
  EXPECT_TRUE(disk.remove("/d/reserve"));
  EXPECT_EQ(write(4096, std::string(3 * 4096, 'x')), SQLITE_OK);
  EXPECT_EQ(disk.reserve("/d/reserve", 4096).error(), make_error_code(JournalErrc::disk_full));
}

}  // namespace
}  // namespace yijuan::test
