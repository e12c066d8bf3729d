// verify finds a healthy store right, also while boxes send; names each thing that was changed in
// the store or in the public folder; and goes on where it was cut.
#include "ledger/verify.hpp"

#include <sqlite3.h>

#include <atomic>
#include <fstream>
#include <thread>

#include "async/errc.hpp"
#include "io/files.hpp"
#include "ledger/public/publisher.hpp"
#include "tests/ledger/ledger_fixture.hpp"

namespace yijuan::ledger {
namespace {

class VerifyTest : public LedgerFixture {
 protected:
  VerifyTest() {
    // Batches of several sizes; the last piece of cash stays open.
    for (int i = 0; i < 400; ++i) log.add_coin(yuan(1), i + 1 < 400);
    for (const std::uint64_t end : {1, 100, 350, 600, 800}) {
      EXPECT_TRUE(is<sync::Cosigned>(send(log.batch(state().size(), end))));
      if (end == 600) show();  // the public log is behind the store
    }
  }
  void show() { EXPECT_TRUE(publish(publication, *store, now)->alarms.empty()); }
  Verified verify() {
    auto verified = verify_store(verification);
    EXPECT_TRUE(verified.has_value()) << verified.error().message();
    return *verified;
  }
  // Behind the store's back.
  void change(const std::string& sql) {
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open((folder / "ledger.db").c_str(), &database), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
        << sqlite3_errmsg(database);
    EXPECT_GT(sqlite3_total_changes(database), 0) << sql;
    sqlite3_close(database);
  }
  static void expect_named(const std::vector<std::string>& found, const std::string& named) {
    EXPECT_TRUE(std::ranges::any_of(
        found, [&](const std::string& text) { return text.find(named) != std::string::npos; }))
        << named << " is not in: " << (found.empty() ? "nothing" : found.front());
  }
  void expect_wrong(const std::string& named) { expect_named(verify().wrong, named); }
  std::filesystem::path shown(const std::string& path) const {
    return folder / "public" / *public_name(log.origin(), "ledger.example") / path;
  }

  Publication publication{.folder = PublicFolder(folder / "public"), .domain = "ledger.example"};
  Verification verification{.store = *store,
                            .cosigner = cosigner.verifier(),
                            .domain = "ledger.example",
                            .published = publication.folder,
                            .state_file = folder / "verify.state"};
};

TEST_F(VerifyTest, FindsAHealthyStoreRight) {
  std::uint64_t done = 0;
  std::uint64_t of = 0;
  verification.progress = [&](std::uint64_t now_done, std::uint64_t now_of) {
    EXPECT_GE(now_done, done);
    done = now_done;
    of = now_of;
  };
  const auto verified = verify();
  EXPECT_EQ(verified.wrong, std::vector<std::string>());
  EXPECT_EQ(verified.logs, 1U);
  EXPECT_EQ(verified.entries, 800U);
  EXPECT_EQ(done, 800U);
  EXPECT_EQ(of, 800U);
  EXPECT_FALSE(std::filesystem::exists(verification.state_file));
}

TEST_F(VerifyTest, FindsForksAndSeveralBoxesRight) {
  test::BoxLog other("market-02", 2);
  enrol(other);
  other.add_coin(yuan(5));
  auto checked =
      check_batch({.store = *store, .cosigner = cosigner}, other.box(), other.batch(0), now);
  append(std::get<Appending>(*checked));
  test::BoxLog rolled_back(log.box());
  rolled_back.lines() = {log.lines().begin(), log.lines().begin() + 300};
  rolled_back.add_coin(yuan(7));
  EXPECT_TRUE(is<sync::Forked>(send(rolled_back.batch(200))));
  const auto verified = verify();
  EXPECT_EQ(verified.wrong, std::vector<std::string>());
  EXPECT_EQ(verified.logs, 3U);
  change(
      "UPDATE entries SET line = replace(line, '\"fen\":700', '\"fen\":701') WHERE origin LIKE "
      "'%~%'");
  expect_wrong("~");
}

TEST_F(VerifyTest, NamesWhatWasChangedInTheStore) {
  ASSERT_TRUE(store->rest().has_value());  // all of it into the file
  const std::string healthy = *read_file(folder / "ledger.db", 1 << 26);
  for (const auto& [sql, named] : std::initializer_list<std::pair<const char*, const char*>>{
           {"UPDATE entries SET line = replace(line, '\"fen\":100', '\"fen\":900') WHERE seq = 401",
            "root"},
           {"UPDATE entries SET line = replace(line, ':', ': ') WHERE seq = 401", "entry 401"},
           {"UPDATE entries SET line = replace(line, '\"seq\":401', '\"seq\":402') WHERE seq = 401",
            "entry 401"},
           {"DELETE FROM entries WHERE seq = 799", "entry 799 is missing"},
           {"DELETE FROM entries WHERE seq = 0", "entry 0 is missing"},
           {"INSERT INTO entries SELECT origin, 800, line FROM entries WHERE seq = 799",
            "beyond its size"},
           {"UPDATE entries SET line = (SELECT line FROM entries WHERE seq = 1) WHERE seq = 0",
            "epoch"},
           {"DELETE FROM batches WHERE first = 350", "begins at entry 600, not 350"},
           {"UPDATE batches SET count = count - 1 WHERE first = 350", "begins at"},
           {"UPDATE logs SET note = replace(note, char(10) || '800', char(10) || '801')",
            "checkpoint"},
           {"UPDATE logs SET note = ''", "no checkpoint"},
           {"UPDATE logs SET gift_fen = gift_fen + 100", "totals"},
           {"UPDATE logs SET tampers = 1", "totals"},
           {"UPDATE open_cash SET fen = 200", "open cash"},
           {"DELETE FROM open_cash", "open cash"},
           {"UPDATE rollups SET gifts = gifts + 1", "gifts"},
           {"DELETE FROM rollups", "gifts"},
           {"UPDATE accounts SET fen = fen + 1 WHERE account = 'box'", "account box"},
           {"INSERT INTO accounts SELECT box, day, 'income:nobody', 5 FROM accounts LIMIT 1",
            "income:nobody"}}) {
    SCOPED_TRACE(sql);
    store.reset();
    for (const char* end : {"-wal", "-shm"}) {
      std::filesystem::remove((folder / "ledger.db").string() + end);
    }
    std::ofstream(folder / "ledger.db", std::ios::binary) << healthy;
    change(sql);
    open();
    Verification again{.store = *store,
                       .cosigner = cosigner.verifier(),
                       .domain = "ledger.example",
                       .published = publication.folder};
    const auto found = verify_store(again);
    ASSERT_TRUE(found.has_value()) << found.error().message();
    expect_named(found->wrong, named);
  }
}

TEST_F(VerifyTest, NamesAKeyThatDidNotSign) {
  const tlog::SigningKey stranger("ledger.example/cosigner", tlog::KeyType::cosignature,
                                  tlog::Seed{8});
  verification.cosigner = stranger.verifier();
  expect_wrong("cosignature");
}

TEST_F(VerifyTest, NamesWhatWasChangedInThePublicFolder) {
  for (const char* path : {"tile/0/000", "tile/0/002.p/88", "tile/1/000.p/2", "checkpoint"}) {
    SCOPED_TRACE(path);
    const std::string good = *read_file(shown(path), 1 << 20);
    std::string changed = good;
    changed[changed.size() / 2] ^= 1;
    std::ofstream(shown(path), std::ios::binary) << changed;
    expect_wrong("published");
    std::filesystem::remove(shown(path));
    if (std::string(path) != "checkpoint") expect_wrong("published");
    std::ofstream(shown(path), std::ios::binary) << good;
    EXPECT_TRUE(verify().wrong.empty());
  }
}

TEST_F(VerifyTest, NamesAPublishedHistoryThatIsAnother) {
  test::BoxLog other(log.box());
  for (int i = 0; i < 600; ++i) other.add_coin(yuan(2));
  const std::string bigger = other.batch(0, 900).checkpoint;
  std::ofstream(shown("checkpoint")) << *tlog::cosign(bigger, cosigner, now);
  expect_wrong("900 entries are published, and 800 are held");
  const std::string differs = other.batch(0, 600).checkpoint;
  std::ofstream(shown("checkpoint")) << *tlog::cosign(differs, cosigner, now);
  expect_wrong("another root is published for 600 entries");
}

TEST_F(VerifyTest, ChecksOneLogAlone) {
  verification.origin = log.origin();
  EXPECT_EQ(verify().entries, 800U);
  EXPECT_TRUE(verify().wrong.empty());
  change("UPDATE entries SET line = replace(line, '\"fen\":100', '\"fen\":900') WHERE seq = 401");
  expect_wrong("root");
  verification.origin = "ledger.example/box/nobody/01234567";
  EXPECT_EQ(verify_store(verification).error(), make_error_code(LedgerErrc::not_done));
}

TEST_F(VerifyTest, GoesOnWithTheBoxesThatItHadNotChecked) {
  for (std::uint8_t i = 2; i < 6; ++i) {
    test::BoxLog other("other-" + std::to_string(i), i);
    enrol(other);
    other.add_coin(yuan(5));
    auto checked =
        check_batch({.store = *store, .cosigner = cosigner}, other.box(), other.batch(0), now);
    append(std::get<Appending>(*checked));
  }
  int asked = 0;
  verification.stopped = [&] { return ++asked > 4; };  // market-01 and its three tiles come first
  EXPECT_EQ(verify_store(verification).error(), make_error_code(AsyncErrc::cancelled));
  ASSERT_TRUE(std::filesystem::exists(verification.state_file));
  verification.stopped = {};
  const std::string state_file = *read_file(verification.state_file, 10'000);

  auto verified = verify();
  EXPECT_GE(verified.before, 1U);
  EXPECT_LT(verified.entries, 800U);
  EXPECT_EQ(verified.logs, 5U);
  EXPECT_FALSE(std::filesystem::exists(verification.state_file)) << "the next run begins anew";
  EXPECT_EQ(verify().before, 0U);

  const auto resumed = [&](const std::string& content) {
    std::ofstream(verification.state_file) << content;
    return verify().before;
  };
  EXPECT_GE(resumed(state_file), 1U);
  EXPECT_EQ(
      resumed("yijuan-verify-v1 of another ledger" + state_file.substr(state_file.find('\n'))), 0U);
  EXPECT_EQ(resumed(state_file.substr(0, state_file.size() - 1)), 0U) << "a cut line is no line";
  EXPECT_EQ(resumed(""), 0U);
  std::ofstream(verification.state_file) << state_file;
  verification.fresh = true;
  EXPECT_EQ(verify().before, 0U);
  verification.fresh = false;

  // A box that sent since is checked again, from its first entry on.
  for (int i = 0; i < 5; ++i) log.add_coin(yuan(1));
  EXPECT_TRUE(is<sync::Cosigned>(send(log.batch(800))));
  std::ofstream(verification.state_file) << state_file;
  verified = verify();
  EXPECT_GE(verified.entries, 800U);
  EXPECT_TRUE(verified.wrong.empty());
}

TEST_F(VerifyTest, FindsAStoreRightWhileItsBoxesSend) {
  for (int i = 0; i < 1500; ++i) log.add_coin(yuan(1));
  std::atomic<bool> done = false;
  std::thread sender([&] {
    while (state().size() < log.size()) {
      const std::uint64_t end = std::min<std::uint64_t>(state().size() + 50, log.size());
      EXPECT_TRUE(is<sync::Cosigned>(send(log.batch(state().size(), end))));
    }
    done = true;
  });
  int runs = 0;
  do {
    EXPECT_EQ(verify().wrong, std::vector<std::string>());
    ++runs;
  } while (!done);
  sender.join();
  EXPECT_EQ(verify().entries, log.size());
  EXPECT_GE(runs, 1);
}

}  // namespace
}  // namespace yijuan::ledger
