// The box's logs, one after the other, on a disk.
#include "kiosk/epochs.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "io/file_lock.hpp"
#include "io/files.hpp"
#include "io/system_wall_clock.hpp"
#include "journal/sqlite_journal.hpp"
#include "sync/enrolment.hpp"
#include "tests/support/seeded_random.hpp"
#include "tests/support/temporary_directory.hpp"

namespace yijuan::kiosk {
namespace {

using namespace std::chrono_literals;

class EpochsTest : public testing::Test {
 protected:
  test::TemporaryDirectory folder;
  test::SeededRandom random{4};
  KioskConfig config{
      "[box]\nid = \"box-01\"\ndata = \"" + (folder.path() / "box").string() + "\"\n",
      "kiosk.toml"};

  void SetUp() override {
    ASSERT_TRUE(sync::make_box_keys(config.data, "box-01", "ledger.example", random));
    asio::io_context context;
    SystemWallClock wall;
    JournalOptions options;
    options.path = config.journal();
    options.origin = epochs().back().origin();
    options.create = true;
    ASSERT_TRUE(
        SqliteJournal::open(context.get_executor(), wall, random, std::move(options)).has_value());
  }
  std::vector<BoxEpoch> epochs() { return load_epochs(config).value(); }
  auto pause(bool cosigned) { return pause_before_epoch(config, epochs(), cosigned); }
  void begin_one() {
    const auto begun = begin_epoch(config, "rollback", {}, random);
    ASSERT_TRUE(begun) << begun.error().message();
  }
};

TEST_F(EpochsTest, ThreeLogsInARowMayBeLeftInVainAtOnceAndEachFurtherOneAfterAPause) {
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(pause(false), 0ns) << i;
    begin_one();
  }
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(pause(false), std::chrono::nanoseconds(kPauseInVain)) << i;
    EXPECT_EQ(pause(true), 0ns) << i;  // its next log is no longer in vain
    begin_one();
  }
  EXPECT_EQ(epochs().size(), 6U);
}

TEST_F(EpochsTest, AfterSixtyFourLogsThereIsNoOther) {
  EXPECT_EQ(pause_before_epoch(63, 0), 0ns);
  EXPECT_EQ(pause_before_epoch(64, 0), std::nullopt);
  EXPECT_EQ(pause_before_epoch(64, 9), std::nullopt);
}

TEST_F(EpochsTest, EachLogIsCertifiedByTheOneBefore) {
  begin_one();
  begin_one();
  const auto all = epochs();
  ASSERT_EQ(all.size(), 3U);
  for (std::size_t i = 1; i < all.size(); ++i) {
    EXPECT_EQ(all[i].number, i + 1);
    EXPECT_EQ(all[i].certificate->previous.origin, all[i - 1].origin());
    EXPECT_TRUE(sync::check_epoch(*all[i].certificate, all[i - 1].key.verifier()));
  }
}

TEST_F(EpochsTest, AStartThatWasCutShortLeavesTheOldLogAndIsSweptAway) {
  const auto cut = config.data / "epochs" / "2.new";
  std::filesystem::create_directories(cut);
  ASSERT_TRUE(write_file_atomically(cut / "log.key", "half", 0600));
  EXPECT_EQ(epochs().size(), 1U);
  begin_one();
  EXPECT_EQ(epochs().size(), 2U);
  EXPECT_FALSE(std::filesystem::exists(cut));
}

TEST_F(EpochsTest, AFolderWhosePartsDoNotBelongTogetherIsAnError) {
  begin_one();
  begin_one();
  const auto second = config.data / "epochs" / "2", third = config.data / "epochs" / "3";
  std::filesystem::copy_file(second / "epoch.json", third / "epoch.json",
                             std::filesystem::copy_options::overwrite_existing);
  const auto loaded = load_epochs(config);
  ASSERT_FALSE(loaded.has_value());
}

TEST_F(EpochsTest, NoLogIsBegunBesideARunningDaemon) {
  const auto lock = FileLock::acquire(config.lock());
  ASSERT_TRUE(lock);
  EXPECT_FALSE(begin_epoch(config, "rollback", {}, random));
  EXPECT_EQ(epochs().size(), 1U);
}

}  // namespace
}  // namespace yijuan::kiosk
