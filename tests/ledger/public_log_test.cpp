// The public folder: what is published when, that it continues and never goes back, that a cut or
// damaged publication is mended, and that nothing but hashes is in it.
#include <sqlite3.h>

#include <algorithm>
#include <fstream>

#include "async/errc.hpp"
#include "io/files.hpp"
#include "ledger/public/public_proof.hpp"
#include "ledger/public/publisher.hpp"
#include "tests/ledger/ledger_fixture.hpp"
#include "tlog/leaf.hpp"
#include "tlog/tile_proof.hpp"

namespace yijuan::ledger {
namespace {

namespace fs = std::filesystem;

class PublicLog : public LedgerFixture {
 protected:
  // Grows the box's log to `size` entries, in batches that a box may send.
  void grow(std::uint64_t size) {
    while (log.size() < size) log.add_coin(yuan(1), log.size() + 1 < size);
    while (state().size() < size) {
      const std::uint64_t end = std::min<std::uint64_t>(state().size() + 1000, size);
      ASSERT_TRUE(is<sync::Cosigned>(send(log.batch(state().size(), end))));
    }
  }
  Published publish_all() {
    auto published = publish(publication, *store, now);
    EXPECT_TRUE(published.has_value()) << published.error().message();
    return *published;
  }
  std::string name() const { return *public_name(log.origin(), "ledger.example"); }
  std::vector<Hash> leaves() const {
    std::vector<Hash> hashes;
    for (const std::string& line : log.lines()) hashes.push_back(tlog::leaf_hash(line));
    return hashes;
  }
  std::optional<tlog::Checkpoint> shown() {
    const auto note = publication.folder.read(published::Checkpoint{name()});
    if (!note->has_value()) return {};
    EXPECT_TRUE(tlog::cosigned_at(**note, cosigner.verifier()).has_value());
    return *tlog::open_checkpoint(**note, log.key().verifier());
  }
  // All tiles of the size that is shown, and that they give its root.
  void expect_whole() {
    const auto checkpoint = shown();
    ASSERT_TRUE(checkpoint.has_value());
    const auto all = leaves();
    const auto tree = std::span(all).first(checkpoint->size);
    EXPECT_EQ(checkpoint->root, tlog::tree_root(tree));
    for (const tlog::Tile& tile : tlog::new_tiles(0, checkpoint->size)) {
      const auto hashes = publication.folder.tile(name(), tile);
      ASSERT_TRUE(hashes.has_value()) << hashes.error().message();
      if (tile.level > 0) continue;
      EXPECT_TRUE(std::ranges::equal(*hashes, tree.subspan(tile.index * 256, tile.width)));
    }
    tlog::TileReader reader(checkpoint->size, [this](const tlog::Tile& tile) {
      return publication.folder.tile(name(), tile);
    });
    EXPECT_EQ(*reader.root(), checkpoint->root);
  }
  std::map<std::string, std::string> files() {
    std::map<std::string, std::string> all;
    for (const auto& entry : fs::recursive_directory_iterator(root)) {
      if (!entry.is_regular_file()) continue;
      all[fs::relative(entry.path(), root)] = *read_file(entry.path(), 1 << 20);
    }
    return all;
  }

  fs::path root = folder / "public";
  Publication publication{.folder = PublicFolder(root), .domain = "ledger.example"};
};

TEST_F(PublicLog, ShowsNothingOfALogWithoutEntries) {
  const auto published = publish_all();
  EXPECT_EQ(published.logs, 0U);
  EXPECT_FALSE(shown().has_value());
}

TEST_F(PublicLog, GrowsFromOnePublicationToTheNext) {
  for (const std::uint64_t size : {1, 2, 255, 256, 257, 700, 1300}) {
    grow(size);
    const auto published = publish_all();
    EXPECT_EQ(published.logs, 1U);
    EXPECT_TRUE(published.alarms.empty());
    EXPECT_EQ(shown()->size, size);
    expect_whole();
  }
  const auto before = files();
  const auto again = publish_all();
  EXPECT_EQ(again.entries, 0U);
  EXPECT_EQ(files(), before);
}

TEST_F(PublicLog, KeepsTheTilesOfTheSizesThatItShowedUntilTheyAreFull) {
  grow(100);
  publish_all();
  grow(200);
  publish_all();
  EXPECT_TRUE(files().contains(name() + "/tile/0/000.p/100"));
  EXPECT_TRUE(files().contains(name() + "/tile/0/000.p/200"));
  grow(300);
  publish_all();
  EXPECT_FALSE(files().contains(name() + "/tile/0/000.p/100"));
  EXPECT_TRUE(files().contains(name() + "/tile/0/000"));
  // Who has seen only the older checkpoint finds its tile in the full one.
  EXPECT_EQ(publication.folder.tile(name(), {.level = 0, .index = 0, .width = 200})->size(), 200U);
  expect_whole();
}

TEST_F(PublicLog, HoldsNoEntry) {
  grow(300);
  publish_all();
  for (const auto& [path, content] : files()) {
    EXPECT_EQ(content.find("\"type\""), std::string::npos) << path;
    EXPECT_EQ(content.find("fen"), std::string::npos) << path;
  }
}

TEST_F(PublicLog, IsReadableForAWebServerOfAnotherUser) {
  const mode_t mask = ::umask(0077);
  grow(300);
  publish_all();
  ::umask(mask);
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    const auto wanted = entry.is_directory() ? fs::perms(0755) : fs::perms(0644);
    EXPECT_EQ(entry.status().permissions(), wanted) << entry.path();
  }
}

TEST_F(PublicLog, NeverShowsAnOlderCheckpoint) {
  grow(300);
  fs::copy_file(folder / "ledger.db", folder / "backup.db");
  fs::copy_file(folder / "ledger.db-wal", folder / "backup.db-wal");
  grow(400);
  publish_all();
  const auto before = files();
  store.reset();  // restored from the backup
  fs::rename(folder / "backup.db", folder / "ledger.db");
  fs::rename(folder / "backup.db-wal", folder / "ledger.db-wal");
  fs::remove(folder / "ledger.db-shm");
  open();
  ASSERT_EQ(state().size(), 300U);
  const auto published = publish_all();
  ASSERT_EQ(published.alarms.size(), 1U);
  EXPECT_EQ(published.alarms.front().code, "public");
  EXPECT_NE(published.alarms.front().text.find("older"), std::string::npos);
  EXPECT_EQ(files(), before);
  // The boxes send again what was lost: then it goes on.
  grow(500);
  EXPECT_TRUE(publish_all().alarms.empty());
  EXPECT_EQ(shown()->size, 500U);
  expect_whole();
}

TEST_F(PublicLog, ShowsNoOtherHistoryThanTheOneThatItShowed) {
  grow(300);
  publish_all();
  const auto before = files();
  // Another store, whose log of the same key has other entries.
  store.reset();
  for (const char* end : {"", "-wal", "-shm"})
    fs::remove(folder / (std::string("ledger.db") + end));
  open();
  log = test::BoxLog("market-01");
  log.add_coin(yuan(5));
  enrol(log);
  for (const std::uint64_t size : {300, 600}) {
    grow(size);
    const auto published = publish_all();
    ASSERT_EQ(published.alarms.size(), 1U) << size;
    EXPECT_EQ(published.logs, 0U);
    EXPECT_EQ(files().at(name() + "/checkpoint"), before.at(name() + "/checkpoint"));
    publication.repair = true;  // not that way either
    EXPECT_EQ(publish_all().alarms.size(), 1U);
    EXPECT_EQ(files().at(name() + "/tile/0/000"), before.at(name() + "/tile/0/000"));
    publication.repair = false;
  }
}

TEST_F(PublicLog, GoesOnWhereItWasCut) {
  grow(66'000);
  // As if killed at every moment: `stopped` says so at the n-th slice.
  for (int cut : {0, 1, 30, 66, 0}) {
    int slices = 0;
    publication.stopped = [&] { return slices++ == cut; };
    const auto published = publish(publication, *store, now);
    ASSERT_FALSE(published.has_value()) << cut;
    EXPECT_EQ(published.error(), make_error_code(AsyncErrc::cancelled));
    EXPECT_FALSE(shown().has_value());
  }
  publication.stopped = {};
  std::uint64_t read = 0;
  publication.progress = [&](std::uint64_t done, std::uint64_t of) {
    EXPECT_LE(done, of);
    read = of;
  };
  publish_all();
  EXPECT_EQ(read, 66'000U - 65'536U) << "it began anew";
  expect_whole();
  EXPECT_FALSE(files().contains(name() + "/.progress"));
}

TEST_F(PublicLog, DoesNotBelieveAMarkThatIsWrong) {
  grow(300);
  publish_all();
  grow(900);
  tlog::TileEdge wrong;
  for (int i = 0; i < 500; ++i) {
    const auto kept = wrong.append(
        Hash{7}, [](const tlog::Tile&, std::span<const Hash>) { return Result<void>(); });
    ASSERT_TRUE(kept.has_value());
  }
  ASSERT_TRUE(publication.folder.put_progress(name(), wrong).has_value());
  EXPECT_EQ(*publication.folder.progress(name()), wrong);
  EXPECT_TRUE(publish_all().alarms.empty());
  EXPECT_EQ(shown()->size, 900U);
  expect_whole();
}

TEST_F(PublicLog, MendsADamagedEdgeAndSaysSo) {
  grow(300);
  publish_all();
  const fs::path edge = root / name() / "tile/0/001.p/44";
  for (const char* what : {"changed", "cut", "gone"}) {
    std::string content = *read_file(edge, 10'000);
    if (what == std::string("gone")) fs::remove(edge);
    if (what == std::string("cut")) content.pop_back();
    if (what == std::string("changed")) content[3] ^= 1;
    if (what != std::string("gone")) std::ofstream(edge) << content;
    const auto published = publish_all();
    EXPECT_EQ(published.mended, 1U) << what;
    ASSERT_EQ(published.alarms.size(), 1U) << what;
    expect_whole();
  }
  grow(500);
  EXPECT_TRUE(publish_all().alarms.empty());
  expect_whole();
}

TEST_F(PublicLog, MendsEveryTileWhenItIsToldTo) {
  grow(1300);
  publish_all();
  std::ofstream(root / name() / "tile/0/001") << "not a tile";
  fs::remove(root / name() / "tile/0/003");
  EXPECT_EQ(publish_all().mended, 0U);  // only the edge is read every day
  publication.repair = true;
  const auto published = publish_all();
  EXPECT_EQ(published.mended, 2U);
  EXPECT_EQ(published.alarms.size(), 1U);
  expect_whole();
  EXPECT_EQ(publish_all().mended, 0U);
}

TEST_F(PublicLog, DoesNotGuessWhatADamagedCheckpointSaid) {
  grow(300);
  publish_all();
  std::ofstream(root / name() / "checkpoint") << "ledger.example/box/market-01\n300\n";
  const auto published = publish_all();
  ASSERT_EQ(published.alarms.size(), 1U);
  EXPECT_NE(published.alarms.front().text.find("cannot be read"), std::string::npos);
}

TEST_F(PublicLog, DoesNotShowACheckpointThatTheStoredEntriesDoNotGive) {
  grow(300);
  publish_all();
  grow(310);
  LogState forged = state();
  const auto note = forged.note;
  log.lines()[305] = std::string(log.lines()[304]);
  // The store's own copy of an entry was changed, behind its back.
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open((folder / "ledger.db").c_str(), &database), SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(database, "UPDATE entries SET line = 'x' WHERE seq = 305", nullptr,
                         nullptr, nullptr),
            SQLITE_OK);
  sqlite3_close(database);
  const auto published = publish_all();
  ASSERT_EQ(published.alarms.size(), 1U);
  EXPECT_EQ(shown()->size, 300U);
}

TEST_F(PublicLog, ShowsOneDigestADayNotBeforeItsTime) {
  grow(300);
  publication.at = std::chrono::hours(16) + std::chrono::minutes(30);  // it is 16:00 in Shanghai
  int told = 0;
  Digest digest;
  publication.on_digest = [&](const Digest& made) {
    ++told;
    digest = made;
    return Result<bool>(true);
  };
  publish_all();
  EXPECT_FALSE(digest_is_due(publication, now));
  EXPECT_FALSE(files().contains("digest/2026-10-17"));
  EXPECT_EQ(told, 0);
  now += std::chrono::minutes(30);
  EXPECT_TRUE(digest_is_due(publication, now));
  publish_all();
  const std::string expected = log.origin() + " 300 " + to_base64(tlog::tree_root(leaves())) + "\n";
  EXPECT_EQ(files().at("digest/2026-10-17"), expected);
  EXPECT_EQ(digest.hash, sha256(as_bytes(expected)));
  EXPECT_EQ(digest.logs, 1U);
  grow(400);
  publish_all();
  EXPECT_EQ(files().at("digest/2026-10-17"), expected);
  EXPECT_EQ(told, 2) << "the office's log may have missed it";
  now += std::chrono::hours(24);
  publish_all();
  EXPECT_NE(files().at("digest/2026-10-18").find(" 400 "), std::string::npos);
}

TEST_F(PublicLog, ShowsNoDigestThatMayNotBeStatedNorOneBesideWhichAnotherIs) {
  grow(3);
  bool may = false;
  bool stated = false;
  publication.refuse_digest = [&](const Digest& /*made*/) {
    return Result<std::optional<std::string>>(may ? std::nullopt : std::optional("held up"));
  };
  publication.on_digest = [&](const Digest& /*made*/) { return Result<bool>(stated); };
  publish_all();
  EXPECT_FALSE(files().contains("digest/2026-10-17"));
  may = true;  // and the other ledgerd is the first all the same
  publish_all();
  EXPECT_FALSE(files().contains("digest/2026-10-17"));
  stated = true;
  publish_all();
  EXPECT_TRUE(files().contains("digest/2026-10-17"));
}

TEST_F(PublicLog, ADigestListsAlsoWhatIsShownOfALogThatIsRefused) {
  grow(300);
  publish_all();
  fs::remove_all(root / "digest");
  std::ofstream(root / name() / "tile/0/000") << "x";
  publication.repair = true;
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open((folder / "ledger.db").c_str(), &database), SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(database, "UPDATE entries SET line = 'x' WHERE seq = 5", nullptr, nullptr,
                         nullptr),
            SQLITE_OK);
  sqlite3_close(database);
  EXPECT_EQ(publish_all().logs, 0U);
  EXPECT_NE(files().at("digest/2026-10-17").find(" 300 "), std::string::npos);
}

TEST_F(PublicLog, ShowsTheOfficesLogAndNoFork) {
  grow(300);
  test::BoxLog rolled_back(log.box());
  rolled_back.lines() = {log.lines().begin(), log.lines().begin() + 100};
  rolled_back.add_coin(yuan(7));
  EXPECT_TRUE(is<sync::Forked>(send(rolled_back.batch(50))));
  const test::BoxLog office(
      "office", tlog::SigningKey("ledger.example/office/1", tlog::KeyType::note, tlog::Seed{5}));
  Appending appending{
      .expected_size = 0, .lines = office.lines(), .next = {}, .changes = {}, .alarms = {}};
  appending.next.origin = office.origin();
  appending.next.kind = LogKind::office;
  appending.next.vkey = office.key().verifier().text();
  ASSERT_TRUE(*store->add_log(appending.next));
  appending.next.frontier.append(tlog::leaf_hash(office.lines().front()));
  appending.next.note = *tlog::cosign(office.batch(0).checkpoint, cosigner, now);
  appending.next.received = now;
  append(appending);
  ASSERT_EQ(store->logs()->size(), 3U);
  EXPECT_EQ(publish_all().logs, 2U);
  EXPECT_TRUE(files().contains("office/1/checkpoint"));
  EXPECT_EQ(files().at("logs"),
            log.key().verifier().text() + "\n" + office.key().verifier().text() + "\n");
  EXPECT_EQ(std::ranges::count(files().at("digest/2026-10-17"), '\n'), 2);
}

TEST_F(PublicLog, ListsTheKeysOfWhatItShows) {
  const test::BoxLog other("another", 2);
  enrol(other);
  grow(3);
  publish_all();
  EXPECT_EQ(files().at("logs"), log.key().verifier().text() + "\n");
}

TEST_F(PublicLog, ProvesEveryPublishedEntryAndNoOther) {
  grow(600);
  publish_all();
  grow(700);
  for (const Seq seq : {0, 255, 256, 599}) {
    const auto proof = published_proof(publication.folder, name(), seq);
    ASSERT_TRUE(proof.has_value() && proof->has_value());
    EXPECT_TRUE(
        tlog::verify_tlog_proof(**proof, leaves()[seq], log.key().verifier(), cosigner.verifier()));
  }
  EXPECT_FALSE(published_proof(publication.folder, name(), 600)->has_value());
  EXPECT_FALSE(published_proof(publication.folder, "box/other/01234567", 0)->has_value());
}

TEST(Digest, SortsItsLogsAndNamesThemAll) {
  const Hash root{1};
  const std::vector<tlog::Checkpoint> checkpoints = {
      {"d.example/box/b-2/01234567", 5, root},
      {"d.example/office/1", 7, root},
      {"d.example/box/b/01234567", 10, root},
  };
  const auto digest = make_digest(std::chrono::year(2026) / 10 / 17, checkpoints);
  const std::string end = " " + to_base64(root) + "\n";
  EXPECT_EQ(digest.text, "d.example/box/b-2/01234567 5" + end + "d.example/box/b/01234567 10" +
                             end + "d.example/office/1 7" + end);
  EXPECT_EQ(digest.logs, 3U);
  EXPECT_EQ(make_digest(digest.day, {}).text, "");
}

TEST(PublicPath, NamesWhatItWasMadeOf) {
  const std::string box = "box/market-01/0123abcd";
  const std::vector<PublicResource> resources = {
      published::Logs{},
      published::Checkpoint{box},
      published::Checkpoint{"office/12"},
      published::Tile{box, {.level = 0, .index = 1234067, .width = 17}},
      published::Bundle{"office/1", {.index = 3}},
      published::Digest{std::chrono::year(2026) / 10 / 17},
      published::Proof{.origin = "ledger.example/" + box, .seq = 77},
      published::Proof{.origin = "ledger.example/office/1", .seq = 0}};
  for (const PublicResource& resource : resources) {
    EXPECT_EQ(parse_public_path(public_path(resource)), resource) << public_path(resource);
  }
  EXPECT_EQ(public_path(resources[3]), "/box/market-01/0123abcd/tile/0/x001/x234/067.p/17");
}

TEST(PublicPath, ReadsNothingElse) {
  for (const char* path : {"",
                           "/",
                           "logs",
                           "/logs/",
                           "//logs",
                           "/checkpoint",
                           "/box/checkpoint",
                           "/box/b/checkpoint",
                           "/box/b/0123abcd",
                           "/box/b/0123abcd/",
                           "/box/b/0123ABCD/checkpoint",
                           "/box/../0123abcd/checkpoint",
                           "/box/b/0123abcd/../checkpoint",
                           "/box/b/0123abcd//checkpoint",
                           "/box/b/0123abcd/checkpoint.new",
                           "/box/b/0123abcd/.progress",
                           "/box/b/0123abcd/tile/0/../../checkpoint",
                           "/box/b/0123abcd/tile/9/000",
                           "/box/b/0123abcd/tile/0/000/tile/0/000",
                           "/box/b%2f/0123abcd/checkpoint",
                           "/office/checkpoint",
                           "/office/0/checkpoint",
                           "/office/01/checkpoint",
                           "/office/x/checkpoint",
                           "/digest/",
                           "/digest/2026-1-1",
                           "/digest/2026-13-01",
                           "/digest/../logs",
                           "/proof/",
                           "/proof/ledger.example",
                           "/proof/5",
                           "/proof/ledger.example/5",
                           "/proof/ledger.example/box/b/0123abcd",
                           "/proof/ledger.example/box/b/0123abcd/",
                           "/proof/ledger.example/box/b/0123abcd/05",
                           "/proof/ledger.example/box/b/0123abcd/-1",
                           "/proof/../box/b/0123abcd/1",
                           "/proof/ledger.example/box/b/0123abcd/99999999999999999999"}) {
    EXPECT_FALSE(parse_public_path(path)) << path;
  }
  EXPECT_EQ(public_name("ledger.example/box/b/0123abcd", "ledger.example"), "box/b/0123abcd");
  EXPECT_FALSE(public_name("ledger.example/box/b/0123abcd", "other.example"));
  EXPECT_FALSE(public_name("ledger.example.evil/box/b/0123abcd", "ledger.example"));
}

}  // namespace
}  // namespace yijuan::ledger
