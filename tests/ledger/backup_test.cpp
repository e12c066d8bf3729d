// Backups of a ledger that goes on, what is wrong with a damaged one, and what a restored ledger
// is.
#include "ledger/backup/backup.hpp"

#include <thread>

#include "ledger/open_store.hpp"
#include "ledger/rebuild.hpp"
#include "tests/ledger/backup_fixture.hpp"

namespace yijuan::ledger {
namespace {

class BackupTest : public BackupFixture {};

TEST_F(BackupTest, IsVerifiedAndBecomesTheLedgerAgain) {
  send_coins(40);
  write(1);
  const auto made = back_up("backup");
  ASSERT_TRUE(made.has_value()) << made.error().message();
  EXPECT_EQ(made->logs.size(), 2U);
  EXPECT_EQ(made->logs[0].size, 81U);
  ASSERT_TRUE(verify("backup").has_value()) << verify("backup").error().message();
  const auto rollups_before = rollups();
  const auto accounts_before = *store->accounts();
  lose_store();
  const auto restored = restore("backup");
  ASSERT_TRUE(restored.has_value()) << restored.error().message();
  EXPECT_EQ(restored->entries, 81U + 2U);
  EXPECT_EQ(rollups(), rollups_before);
  EXPECT_EQ(*store->accounts(), accounts_before);
  EXPECT_TRUE(rebuild_books(*store, {})->differences.empty());
  EXPECT_TRUE(state().unsure);
}

TEST_F(BackupTest, WhatWasDecidedOfBoxesSinceComesBackFromTheSecondCopy) {
  write(1);
  ASSERT_TRUE(back_up("backup").has_value());
  const std::string origin = "ledger.example/box/market-02/0a1b2c3d";
  const std::vector<tlog::Body> decided = {
      tlog::Revoked{.box = log.box(), .spki = {}},
      tlog::Enrolled{.box = "market-02", .origin = origin, .key = "vkey", .spki = Hash{2}}};
  ASSERT_TRUE(office->log().append(decided).has_value());
  ASSERT_TRUE(office->post_due().has_value());
  lose_store();
  const auto restored = restore("backup");
  ASSERT_TRUE(restored.has_value()) << restored.error().message();
  EXPECT_TRUE(restored->boxes_known);
  EXPECT_EQ((**store->box(log.box())).status, BoxStatus::revoked);
  EXPECT_EQ((**store->box("market-02")).status, BoxStatus::active);
  EXPECT_TRUE((**store->log(origin)).unsure);
}

TEST_F(BackupTest, WithoutASecondCopyEveryBoxIsListedAsTheBackupHasIt) {
  write(1);
  ASSERT_TRUE(back_up("backup").has_value());
  ASSERT_TRUE(store->set_status(log.box(), BoxStatus::revoked).has_value());
  lose_store();
  config.copy.clear();
  const auto restored = restore("backup");
  ASSERT_TRUE(restored.has_value()) << restored.error().message();
  EXPECT_FALSE(restored->boxes_known);
  ASSERT_EQ(restored->boxes.size(), 1U);
  EXPECT_EQ(restored->boxes[0].status, BoxStatus::active);
}

TEST_F(BackupTest, OneMadeUnderLoadIsOneMomentOfTheLedger) {
  send_coins(400);
  std::atomic<bool> stop = false;
  std::thread load([&] {
    while (!stop) {
      send_coins(20);
      ASSERT_TRUE(store->rest().has_value());
    }
  });
  std::vector<std::string> names;
  for (int i = 0; i < 5; ++i) {
    names.push_back("backup-" + std::to_string(i));
    const auto made = back_up(names.back());
    EXPECT_TRUE(made.has_value()) << made.error().message();
  }
  stop = true;
  load.join();
  std::uint64_t last = 0;
  for (const std::string& name : names) {
    const auto good = verify(name);
    ASSERT_TRUE(good.has_value()) << good.error().message();
    EXPECT_GE(good->logs[0].size, last);
    last = good->logs[0].size;
  }
  EXPECT_LE(last, state().size());
  lose_store();
  ASSERT_TRUE(restore(names[2]).has_value());
  EXPECT_TRUE(rebuild_books(*store, {})->differences.empty());
}

TEST_F(BackupTest, TellsOfItsProgressAndStopsWhenAsked) {
  send_coins(300);
  std::uint64_t last = 0;
  std::uint64_t whole = 0;
  BackupWatch watch{.progress = [&](std::uint64_t done, std::uint64_t of) {
    EXPECT_LE(last, done);
    last = done;
    whole = of;
  }};
  ASSERT_TRUE(make_backup(config.store, folder / "b", config.domain, now, watch).has_value());
  last = 0;
  ASSERT_TRUE(verify_backup(folder / "b", cosigner.verifier(), watch).has_value());
  EXPECT_EQ(last, whole);
  last = 0;
  watch.stopped = [] { return true; };
  EXPECT_FALSE(make_backup(config.store, folder / "c", config.domain, now, watch).has_value());
  EXPECT_FALSE(std::filesystem::exists(manifest_file(folder / "c")));
  EXPECT_EQ(verify("c").error(), make_error_code(LedgerErrc::bad_backup));
}

TEST_F(BackupTest, IsNotMadeOverAnother) {
  ASSERT_TRUE(back_up("backup").has_value());
  EXPECT_EQ(back_up("backup").error(), make_error_code(LedgerErrc::not_done));
}

TEST_F(BackupTest, DamageIsFound) {
  send_coins(40);
  ASSERT_TRUE(back_up("backup").has_value());
  damage(backup_file(folder / "backup"), "\"fen\":100", "\"fen\":900");
  EXPECT_EQ(verify("backup").error(), make_error_code(LedgerErrc::bad_backup));
  forge_manifest("backup");
  const auto found = verify("backup");
  ASSERT_FALSE(found.has_value());
  EXPECT_NE(found.error().detail().find("root"), std::string::npos) << found.error().detail();
  lose_store();
  EXPECT_FALSE(restore("backup").has_value());
  EXPECT_FALSE(std::filesystem::exists(config.store));
}

TEST_F(BackupTest, AnotherLedgersSignatureIsNotTakenForOurs) {
  send_coins(1);
  ASSERT_TRUE(back_up("backup").has_value());
  const tlog::SigningKey other("ledger.example/cosigner", tlog::KeyType::cosignature,
                               tlog::Seed{8});
  EXPECT_EQ(verify_backup(folder / "backup", other.verifier(), {}).error(),
            make_error_code(LedgerErrc::bad_backup));
}

TEST_F(BackupTest, IsNotPutOverAStoreThatIsThere) {
  send_coins(1);
  ASSERT_TRUE(back_up("backup").has_value());
  send_coins(1);
  office.reset();
  store.reset();
  EXPECT_EQ(restore_backup(config, folder / "backup", {}).error(),
            make_error_code(LedgerErrc::not_done));
  open();
  EXPECT_EQ(state().size(), 5U);
}

TEST_F(BackupTest, ARestoreThatWasCutIsMadeAgain) {
  send_coins(3);
  ASSERT_TRUE(back_up("backup").has_value());
  lose_store();
  std::ofstream(config.store.string() + ".restored") << "half of it";
  std::ofstream(config.store.string() + ".restored-wal") << "of another";
  ASSERT_TRUE(restore("backup").has_value());
  EXPECT_FALSE(std::filesystem::exists(config.store.string() + ".restored-wal"));
  EXPECT_EQ(state().size(), 7U);
}

TEST_F(BackupTest, AStoreThatOtherMeansBroughtBackIsDoubtedToo) {
  send_coins(1);
  write(1);
  office.reset();
  store.reset();
  const auto doubted = doubt_store(config);
  ASSERT_TRUE(doubted.has_value()) << doubted.error().message();
  open();
  EXPECT_TRUE(state().unsure);
  open_office();
  EXPECT_TRUE(is_blocked(office_log()));
}

}  // namespace
}  // namespace yijuan::ledger
