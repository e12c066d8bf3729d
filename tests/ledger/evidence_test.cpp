// What a restored, older or empty ledger may sign and cosign: what its second copy proves, and what
// boxes and the public refute.
#include "ledger/office/evidence.hpp"

#include "ledger/public/published_floors.hpp"
#include "ledger/rebuild.hpp"
#include "sync/heartbeat.hpp"
#include "tests/ledger/backup_fixture.hpp"
#include "tests/ledger/failing_store.hpp"
#include "tlog/entry_line.hpp"
#include "tlog/leaf.hpp"

namespace yijuan::ledger {
namespace {

// Where nothing may be written while it is sealed.
class SealedStore : public FailingStore {
 public:
  using FailingStore::FailingStore;
  bool is_sealed = false;

  Result<std::vector<Appended>> append_all(std::span<const Appending* const> batches) override {
    return if_open([&] { return FailingStore::append_all(batches); });
  }
  Result<bool> add_log(const LogState& added) override {
    return if_open([&] { return FailingStore::add_log(added); });
  }
  Result<bool> set_floor(const LogState& floored) override {
    return if_open([&] { return FailingStore::set_floor(floored); });
  }
  Result<Posted> post(const OfficePosting& posting) override {
    return if_open([&] { return FailingStore::post(posting); });
  }
  Result<void> raise(const Alarm& alarm) override {
    return if_open([&] { return FailingStore::raise(alarm); });
  }

 private:
  template <class Write>
  std::invoke_result_t<Write> if_open(Write write) {
    EXPECT_FALSE(is_sealed);
    if (is_sealed) return {LedgerErrc::not_allowed, "sealed"};
    return write();
  }
};

class EvidenceTest : public BackupFixture {};

TEST_F(EvidenceTest, TheOfficesEntriesSinceTheBackupComeBackFromTheSecondCopy) {
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

TEST_F(EvidenceTest, WithoutTheCopyWhatWasSignedSinceIsAHoleAndNeverSignedAgain) {
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

TEST_F(EvidenceTest, WhatABoxSaidBeforeTheRestoreProvesNothing) {
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

TEST_F(EvidenceTest, APublishedCheckpointOfWhatIsHeldShowsNoWholeLogWhileMoreWasSigned) {
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

TEST_F(EvidenceTest, ACopyThatShowsItWholeLetsItGoOnUnlessSomebodySawMore) {
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

TEST_F(EvidenceTest, ABackupFromBeforeTheOfficesLogSignsNoSecondBeginningOfIt) {
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

TEST_F(EvidenceTest, ACopyThatHoldsMoreThanTheStoreStopsTheOfficesLogByItself) {
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

TEST_F(EvidenceTest, AskingHowTheOfficesLogIsChangesNothing) {
  office.reset();
  SealedStore sealed(*store);
  auto opened = Office::open(config, sealed, wall);
  ASSERT_TRUE(opened.has_value());
  office = *std::move(opened);
  write(1);
  const OfficeKey& key = office->log().key();
  sync::Heartbeat heartbeat;
  heartbeat.version = "1";
  heartbeat.origin = log.origin();
  heartbeat.clock = wall.now();
  heartbeat.office = tlog::sign_checkpoint({key.origin(1), 9, Hash{1}}, key.of(1));
  const std::array<LastWord, 1> words = {
      LastWord{.box = log.box(), .received = now, .json = sync::write_heartbeat(heartbeat)}};
  ASSERT_TRUE(store->keep_last_words(words).has_value());
  sealed.is_sealed = true;
  const auto status = find_command("office_status")
                          ->run({.config = config,
                                 .store = sealed,
                                 .now = now,
                                 .office = office.get(),
                                 .progress = {}},
                                {});
  ASSERT_TRUE(status.has_value()) << status.error().message();
  const std::string text(status->at("text").as_string());
  EXPECT_NE(text.find("seen: 9 entries (market-01)"), std::string::npos) << text;
  EXPECT_NE(text.find("signed: still, though more"), std::string::npos) << text;
  EXPECT_TRUE(alarms().empty());
  sealed.is_sealed = false;
  EXPECT_FALSE(
      ask("office_declare_hole", {}).has_value());  // an owner's command hears, and says why
  ASSERT_TRUE(hear_all(*office, *store, {}, now).has_value());
  EXPECT_EQ(office_log().floor->size, 9U);
  EXPECT_EQ(alarms().size(), 1U);
  EXPECT_EQ(alarms()[0].box, log.box());
  const std::string heard(ask("office_status", {})->at("text").as_string());
  EXPECT_NE(heard.find("signed: no: more"), std::string::npos) << heard;
  office.reset();
}

TEST_F(EvidenceTest, AnOlderStoreSignsNothingOnceItWasPublishedWhatItLacks) {
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

TEST_F(EvidenceTest, WhatThePublicHoldsIsHeededByTheRestoreItself) {
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

TEST_F(EvidenceTest, ADeclaredHoleIsANoteAndNoFaultForPublishAndVerify) {
  send_coins(3);
  write(1);
  ASSERT_TRUE(back_up("backup").has_value());
  write(2);
  show();
  std::filesystem::remove_all(folder / "copy");
  config.copy.clear();
  lose_store();
  ASSERT_TRUE(restore("backup").has_value());
  open_office();
  EXPECT_EQ(told("publish", "refused").size(), 1U);
  EXPECT_EQ(told("verify", "wrong").size(), 1U);
  ASSERT_TRUE(office->log().declare_hole("the disk burnt").has_value());
  const auto notes = told("publish", "notes");
  ASSERT_EQ(notes.size(), 1U);
  EXPECT_EQ(notes[0].find("ledger.example/office/1: 3 entries are published and 2 are held: "
                          "declared as a hole on 20"),
            0U)
      << notes[0];
  EXPECT_TRUE(told("publish", "refused").empty());
  EXPECT_TRUE(std::filesystem::exists(folder / "public/office/2/checkpoint"));
  EXPECT_TRUE(told("verify", "wrong").empty());
  EXPECT_EQ(told("verify", "notes"), notes);
}

TEST_F(EvidenceTest, SoIsADeclaredForkAndNothingThatWasNotDeclared) {
  write(1);
  ASSERT_TRUE(back_up("older").has_value());
  write(2);
  show();
  std::filesystem::remove_all(folder / "copy");
  config.copy.clear();
  lose_store();
  std::filesystem::copy_file(backup_file(folder / "older"), config.store);
  std::filesystem::rename(folder / "public", folder / "elsewhere");
  open();
  open_office();
  for (int i = 5; i < 8; ++i) write(i);
  std::filesystem::rename(folder / "elsewhere", folder / "public");
  ASSERT_TRUE(office->keep_house(now).has_value());
  EXPECT_EQ(alarms().at(0).code, "office-forked");
  EXPECT_FALSE(told("verify", "wrong").empty());
  ASSERT_TRUE(office->log().declare_hole("an old store was put in its place").has_value());
  EXPECT_TRUE(told("publish", "refused").empty());
  EXPECT_TRUE(told("verify", "wrong").empty());
  EXPECT_EQ(told("verify", "notes").size(), 1U);
  // Another checkpoint than the one that was declared.
  const OfficeKey& key = office->log().key();
  const auto other =
      *tlog::cosign(tlog::sign_checkpoint({key.origin(1), 4, Hash{1}}, key.of(1)), cosigner, now);
  ASSERT_TRUE(PublicFolder(config.published.folder)
                  .put(published::Checkpoint{"office/1"}, other)
                  .has_value());
  EXPECT_FALSE(told("publish", "refused").empty());
  EXPECT_FALSE(told("verify", "wrong").empty());
}

TEST_F(EvidenceTest, ASecondLedgerOnTheStoreShowsNoDigestOfItsOwn) {
  send_coins(1);
  show();
  send_coins(1);
  LedgerConfig second = config;
  second.published.folder = folder / "public-2";
  const auto shown = publish(publication_of(second, &office->log()), *store, now);
  ASSERT_TRUE(shown.has_value());
  EXPECT_TRUE(std::filesystem::exists(folder / "public-2/office/1/checkpoint"));
  EXPECT_FALSE(std::filesystem::exists(folder / "public-2/digest"));
  EXPECT_TRUE(std::filesystem::exists(folder / "public/digest"));
  EXPECT_EQ(office_log().size(), 2U);
}

// As a newer ledger writes what this one does not know.
void append_of_the_future(LedgerStore& store, const OfficeKey& key,
                          const tlog::SigningKey& cosigner, const WallReading& at) {
  LogState log = **store.log(key.origin(1));
  std::string line = tlog::write_line(
      {.seq = log.size(), .at = at, .boot = "0123456789abcdef", .up = Uptime(1), .salt = {}},
      tlog::Recovered{.device = "coin", .code = "x"});
  line.replace(line.find("recovered"), 9, "telescope");
  Appending appending{
      .expected_size = log.size(), .lines = {line}, .next = log, .changes = {}, .alarms = {}};
  appending.next.frontier.append(tlog::leaf_hash(line));
  appending.next.note =
      *tlog::cosign(tlog::sign_checkpoint(
                        {log.origin, log.size() + 1, appending.next.frontier.root()}, key.of(1)),
                    cosigner, at.time);
  ASSERT_EQ(store.append(appending).value(), Appended::done);
}

TEST_F(EvidenceTest, AnEntryOfUnknownTypeInTheOfficesLogIsKeptMarkedToldOnceAndPassedOver) {
  log.add_coin(yuan(5), false);
  ASSERT_TRUE(is<sync::Cosigned>(send(log.batch(0))));
  append_of_the_future(*store, office->log().key(), cosigner, wall.now());
  const auto lost =
      ask("log_lost", {{"origin", log.origin()}, {"why", "a sample"}, {"still_heard", true}});
  ASSERT_TRUE(lost.has_value()) << lost.error().message();
  EXPECT_EQ(rollups().size(), 1U);  // what comes after it is posted
  EXPECT_EQ(office_log().totals.unknown, 1U);
  EXPECT_TRUE(told("verify", "wrong").empty());
  for (int i = 0; i < 2; ++i) {
    open_office();
    ASSERT_EQ(alarms().size(), 1U);
    EXPECT_EQ(alarms()[0].code, "unknown");
    EXPECT_EQ(alarms()[0].count, 1U);
    EXPECT_NE(alarms()[0].text.find("entry 1 (telescope)"), std::string::npos);
  }
  append_of_the_future(*store, office->log().key(), cosigner, wall.now());
  ASSERT_TRUE(office->keep_house(now).has_value());
  EXPECT_EQ(alarms().at(0).text.find("2 entries"), 0U);
  EXPECT_EQ(office_log().totals.unknown, 2U);
  EXPECT_TRUE(rebuild_books(*store, {})->differences.empty());
}

TEST_F(EvidenceTest, AnEmptyStoreBeginsNoLogThatWasPublished) {
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
  const std::string text(ask("office_status", {})->at("text").as_string());
  EXPECT_NE(text.find("key: " + office->log().key().verifier(2).text()), std::string::npos) << text;
}

TEST_F(EvidenceTest, APublicFolderThatIsMountedLateIsHeardWithoutARestart) {
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

}  // namespace
}  // namespace yijuan::ledger
