// Backups of a ledger that goes on, what is wrong with a damaged one, and what a restored ledger
// may and may not do.
#include "ledger/backup/backup.hpp"

#include <fstream>
#include <thread>

#include "io/files.hpp"
#include "io/system_random.hpp"
#include "io/system_wall_clock.hpp"
#include "ledger/backup/restore.hpp"
#include "ledger/commands.hpp"
#include "ledger/ledger_keys.hpp"
#include "ledger/office/evidence.hpp"
#include "ledger/open_store.hpp"
#include "ledger/public/public_commands.hpp"
#include "ledger/public/published_floors.hpp"
#include "ledger/rebuild.hpp"
#include "sync/heartbeat.hpp"
#include "tests/ledger/ledger_fixture.hpp"

namespace yijuan::ledger {
namespace {

class BackupTest : public LedgerFixture {
 protected:
  BackupTest() {
    config = parse_ledger_config("[ledger]\ndata = \"" + folder.string() +
                                     "/data\"\n[store]\npath = \"" + folder.string() +
                                     "/ledger.db\"\n[copy]\nfolder = \"" + folder.string() +
                                     "/copy\"\n[public]\nfolder = \"" + folder.string() +
                                     "/public\"\n[log]\ndomain = \"ledger.example\"\n",
                                 "ledger.toml");
    const std::vector<std::string> hosts = {"localhost"};
    EXPECT_TRUE(make_ledger_keys(config, hosts, wall.now().time, random).has_value());
    std::filesystem::create_directory(folder / "copy");
    cosigner = *read_cosigner(config);
    open_office();
  }
  void open_office() {
    auto opened = Office::open(config, *store, wall);
    ASSERT_TRUE(opened.has_value()) << opened.error().message();
    office = *std::move(opened);
  }
  void send_coins(int coins) {
    const std::uint64_t before = state().size();
    for (int i = 0; i < coins; ++i) log.add_coin(yuan(1));
    ASSERT_TRUE(is<sync::Cosigned>(send(log.batch(before))));
  }
  void write(int day) {
    const tlog::Body body(
        tlog::Digest{.day = "2026-11-" + std::to_string(10 + day), .logs = 1, .hash = {}});
    const auto written = office->log().append({&body, 1});
    ASSERT_TRUE(written.has_value()) << written.error().message();
  }
  Result<Manifest> back_up(const std::string& name) {
    return make_backup(config.store, folder / name, config.domain, now, {});
  }
  Result<Manifest> verify(const std::string& name) {
    return verify_backup(folder / name, cosigner.verifier(), {});
  }
  // The disk is gone, but for the keys.
  void lose_store() {
    office.reset();
    store.reset();
    for (const char* suffix : {"", "-wal", "-shm"}) {
      std::filesystem::remove(config.store.string() + suffix);
    }
  }
  Result<Restored> restore(const std::string& name, const std::filesystem::path& mirror = {}) {
    auto restored = restore_backup(config, folder / name, {}, mirror);
    if (restored) open();
    return restored;
  }
  void damage(const std::filesystem::path& file, const std::string& old,
              const std::string& changed) {
    std::string content = *read_file(file, std::size_t{1} << 26);
    const std::size_t at = content.find(old);
    ASSERT_NE(at, std::string::npos);
    content.replace(at, old.size(), changed);
    std::ofstream(file, std::ios::binary) << content;
  }
  // Makes the manifest fit the file again, as whoever changed the file would.
  void forge_manifest(const std::string& name) {
    auto manifest = *read_manifest(folder / name);
    const std::string content = *read_file(backup_file(folder / name), std::size_t{1} << 26);
    manifest.bytes = content.size();
    manifest.hash = sha256(as_bytes(content));
    ASSERT_TRUE(
        write_file_atomically(manifest_file(folder / name), write_manifest(manifest)).has_value());
  }
  Result<boost::json::object> ask(const std::string& command, const boost::json::object& with) {
    return find_command(command)->run(
        {.config = config, .store = *store, .now = now, .office = office.get(), .progress = {}},
        with);
  }
  // A day's publication.
  void show() {
    now += std::chrono::days(1);
    const auto shown = publish(publication_of(config, &office->log()), *store, now);
    ASSERT_TRUE(shown.has_value()) << shown.error().message();
  }
  LogState office_log() { return *office->log().current(); }

  LedgerConfig config;
  SystemRandom random;
  SystemWallClock wall;
  std::unique_ptr<Office> office;
};

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
  EXPECT_EQ(back_up("backup").error(), make_error_code(LedgerErrc::bad_argument));
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
            make_error_code(LedgerErrc::bad_argument));
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

TEST_F(BackupTest, TheOfficesEntriesSinceTheBackupComeBackFromTheSecondCopy) {
  write(1);
  ASSERT_TRUE(back_up("backup").has_value());
  for (int i = 2; i < 9; ++i) write(i);  // acknowledged: each is in the copy
  const LogState before = office_log();
  lose_store();
  const auto restored = restore("backup");
  ASSERT_TRUE(restored.has_value()) << restored.error().message();
  EXPECT_EQ(restored->completed, 7U);
  open_office();
  EXPECT_EQ(office_log().frontier, before.frontier);
  EXPECT_EQ(office_log().note, before.note);
  EXPECT_TRUE(is_blocked(office_log()));
  const auto evidence = hear_all(*office, *store, {}, now);
  ASSERT_TRUE(evidence.has_value());
  EXPECT_EQ(evidence->seen, before.size());
  EXPECT_EQ(evidence->witnesses, std::vector<std::string>{"second copy"});
  EXPECT_TRUE(shows_whole(*evidence));
  ASSERT_TRUE(office->log().settle().has_value());
  write(9);
  EXPECT_EQ(office_log().size(), before.size() + 1);
  EXPECT_TRUE(rebuild_books(*store, {})->differences.empty());
}

TEST_F(BackupTest, WithoutTheCopyWhatWasSignedSinceIsAHoleAndNeverSignedAgain) {
  write(1);
  ASSERT_TRUE(back_up("backup").has_value());
  write(2);
  const std::string seen = office_log().note;  // a box holds it
  std::filesystem::remove_all(folder / "copy");
  lose_store();
  ASSERT_TRUE(restore("backup").has_value());
  open_office();
  const tlog::Body body(tlog::Digest{.day = "2026-11-20", .logs = 1, .hash = {}});
  EXPECT_EQ(office->log().append({&body, 1}).error(), make_error_code(LedgerErrc::office_blocked));
  EXPECT_FALSE(shows_whole(*hear_all(*office, *store, {}, now)));
  const auto evidence = hear_all(*office, *store, {seen}, now);
  EXPECT_EQ(evidence->seen, 3U);
  EXPECT_FALSE(shows_whole(*evidence));
  EXPECT_EQ(office->log().settle().error(), make_error_code(LedgerErrc::office_blocked));
  ASSERT_TRUE(office->log().declare_hole("the disk burnt").has_value());
  ASSERT_TRUE(office->log().append({&body, 1}).has_value());
}

TEST_F(BackupTest, WhatABoxSaidBeforeTheRestoreProvesNothing) {
  write(1);
  const std::string seen = office_log().note;
  sync::Heartbeat heartbeat;
  heartbeat.version = "1";
  heartbeat.origin = log.origin();
  heartbeat.clock = wall.now();
  heartbeat.office = seen;
  const std::array<LastWord, 1> words = {
      LastWord{.box = log.box(), .received = now, .json = sync::write_heartbeat(heartbeat)}};
  ASSERT_TRUE(store->keep_last_words(words).has_value());
  ASSERT_TRUE(back_up("backup").has_value());
  write(2);
  std::filesystem::remove_all(folder / "copy");
  lose_store();
  ASSERT_TRUE(restore("backup").has_value());
  open_office();
  auto evidence = hear_all(*office, *store, {}, now);
  EXPECT_FALSE(shows_whole(*evidence));
  EXPECT_EQ(evidence->silent, std::vector<std::string>{log.box()});
  // It speaks again, and saw no more than is held; another may have.
  ASSERT_TRUE(store->keep_last_words(words).has_value());
  evidence = hear_all(*office, *store, {seen}, now);
  EXPECT_TRUE(evidence->silent.empty());
  EXPECT_EQ(evidence->seen, office_log().size());
  EXPECT_FALSE(shows_whole(*evidence));
}

TEST_F(BackupTest, APublishedCheckpointOfWhatIsHeldShowsNoWholeLogWhileMoreWasSigned) {
  write(1);
  const std::string published = office_log().note;  // once a day
  ASSERT_TRUE(back_up("backup").has_value());
  write(2);  // cosigned, and no box has spoken yet
  const std::string signed_since = office_log().note;
  std::filesystem::remove_all(folder / "copy");
  config.copy.clear();
  lose_store();
  ASSERT_TRUE(restore("backup").has_value());
  open_office();
  const auto refused = ask("office_resume", {{"public", published}});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error(), make_error_code(LedgerErrc::office_blocked));
  EXPECT_NE(refused.error().message().find("declare-hole"), std::string::npos);
  ASSERT_TRUE(ask("office_declare_hole", {{"why", "the disk burnt"}}).has_value());
  write(3);
  EXPECT_EQ(office_log().origin, "ledger.example/office/2");
  const auto heard = office->log().hear(signed_since);
  ASSERT_TRUE(heard.has_value());
  EXPECT_EQ(heard->news->code, "office-short");  // and no other entry stands in its place
}

TEST_F(BackupTest, ACopyThatShowsItWholeLetsItGoOnUnlessSomebodySawMore) {
  write(1);
  ASSERT_TRUE(back_up("backup").has_value());
  write(2);
  const std::string last = office_log().note;
  const OfficeKey& key = office->log().key();
  const std::string more = tlog::sign_checkpoint({key.origin(1), 9, Hash{1}}, key.of(1));
  lose_store();
  ASSERT_TRUE(restore("backup").has_value());
  open_office();
  EXPECT_FALSE(ask("office_resume", {{"public", more}}).has_value());
  EXPECT_FALSE(ask("office_resume", {{"public", ""}}).has_value());  // it is remembered
  lose_store();
  ASSERT_TRUE(restore("backup").has_value());
  open_office();
  ASSERT_TRUE(ask("office_resume", {{"public", last}}).has_value());
  write(3);
  EXPECT_EQ(office_log().size(), 4U);
}

TEST_F(BackupTest, ABackupFromBeforeTheOfficesLogSignsNoSecondBeginningOfIt) {
  lose_store();
  std::filesystem::remove_all(folder / "copy");
  open();
  enrol(log);
  ASSERT_TRUE(back_up("old").has_value());  // an installation of before, without the log
  EXPECT_EQ(read_manifest(folder / "old")->logs.size(), 1U);
  lose_store();
  ASSERT_TRUE(restore("old").has_value());
  open_office();
  EXPECT_TRUE(is_blocked(office_log()));
  EXPECT_EQ(office_log().size(), 0U);
}

TEST_F(BackupTest, ACopyThatHoldsMoreThanTheStoreStopsTheOfficesLogByItself) {
  write(1);
  ASSERT_TRUE(back_up("older").has_value());
  write(2);
  lose_store();
  // Somebody put an old file in its place, and said so to nobody.
  std::filesystem::copy_file(backup_file(folder / "older"), config.store);
  open();
  open_office();
  EXPECT_TRUE(is_blocked(office_log()));
  EXPECT_EQ(office_log().floor->size, 3U);
  ASSERT_TRUE(office->log().complete_from(CopyFolder(config.copy)).has_value());
  ASSERT_TRUE(office->log().settle().has_value());
  write(3);
  EXPECT_EQ(office_log().size(), 4U);
}

TEST_F(BackupTest, AnOlderStoreSignsNothingOnceItWasPublishedWhatItLacks) {
  write(1);
  ASSERT_TRUE(back_up("older").has_value());
  write(2);
  show();
  std::filesystem::remove_all(folder / "copy");
  config.copy.clear();
  lose_store();
  std::filesystem::copy_file(backup_file(folder / "older"), config.store);
  open();
  open_office();
  EXPECT_EQ(office_log().floor->size, 3U);
  EXPECT_EQ(alarms().at(0).code, "office-short");
  show();  // another day's digest is due
  EXPECT_EQ(office_log().size(), 2U);
  EXPECT_FALSE(ask("office_resume", {}).has_value());
}

TEST_F(BackupTest, WhatThePublicHoldsIsHeededByTheRestoreItself) {
  send_coins(3);
  write(1);
  ASSERT_TRUE(back_up("backup").has_value());
  send_coins(5);
  write(2);
  show();
  std::filesystem::remove_all(folder / "copy");
  config.copy.clear();
  std::filesystem::rename(folder / "public", folder / "mirror");
  for (const auto& [mirror, behind] : {std::pair("", 0U), std::pair("mirror", 1U)}) {
    lose_store();
    const auto place = *mirror == 0 ? std::filesystem::path() : folder / mirror;
    const auto restored = restore("backup", place);
    ASSERT_TRUE(restored.has_value()) << restored.error().message();
    EXPECT_EQ(restored->behind, behind);
    EXPECT_EQ(state().floor.has_value(), behind == 1);
    const auto office_row = **store->log("ledger.example/office/1");
    EXPECT_EQ(office_row.floor.has_value(), behind == 1);
  }
  EXPECT_EQ(state().floor->size, 17U);
  // At a start, of the ledger's own folder.
  lose_store();
  ASSERT_TRUE(restore("backup").has_value());
  std::filesystem::rename(folder / "mirror", folder / "public");
  ASSERT_TRUE(heed_own_publication(config, *store, now).has_value());
  EXPECT_EQ(state().floor->size, 17U);
  lose_store();
  EXPECT_EQ(restore("backup", folder / "nowhere").error(),
            make_error_code(LedgerErrc::bad_argument));
}

TEST_F(BackupTest, AnEmptyStoreBeginsNoLogThatWasPublished) {
  write(1);
  show();
  std::filesystem::remove_all(folder / "copy");
  config.copy.clear();
  lose_store();
  open();
  open_office();
  EXPECT_TRUE(is_blocked(office_log()));
  EXPECT_EQ(office_log().size(), 0U);
  EXPECT_EQ(office_log().floor->size, 2U);
  ASSERT_TRUE(office->log().declare_hole("the disk burnt").has_value());
  write(2);
  EXPECT_EQ(office_log().origin, "ledger.example/office/2");
}

TEST_F(BackupTest, APublicFolderThatIsMountedLateIsHeardWithoutARestart) {
  write(1);
  ASSERT_TRUE(back_up("older").has_value());
  write(2);
  show();
  std::filesystem::remove_all(folder / "copy");
  config.copy.clear();
  lose_store();
  std::filesystem::rename(folder / "public", folder / "unmounted");
  std::filesystem::copy_file(backup_file(folder / "older"), config.store);
  open();
  open_office();
  EXPECT_FALSE(is_blocked(office_log()));
  std::filesystem::rename(folder / "unmounted", folder / "public");
  show();  // sees that it holds less than it published, and signs no digest of it
  EXPECT_EQ(office_log().size(), 2U);
  ASSERT_TRUE(office->keep_house(now).has_value());
  EXPECT_TRUE(is_blocked(office_log()));
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
