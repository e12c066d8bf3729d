// Bytes that changed on the disk: found and named, or without effect; never believed.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sqlite3.h>

#include "tests/journal/journal_fixture.hpp"

namespace yijuan {
namespace {

using test::coin_append;
using testing::HasSubstr;

class JournalDamageTest : public test::JournalTest {
 protected:
  /// More entries than an opening looks at.
  void fill(int entries) {
    Append append;
    for (int i = 0; i < entries; ++i) append.bodies.emplace_back(test::coin(i));
    append.marks = coin_append(entries - 1).marks;
    open();
    ASSERT_TRUE(commit(std::move(append)));
    close();
  }

  /// Somebody with a tool: `sql` on the closed file.
  void tamper(const std::string& sql) {
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(options_.path.c_str(), &database), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
        << sqlite3_errmsg(database);
    sqlite3_close(database);
  }

  std::string verdict() {
    auto opened = try_open();
    if (!opened) return opened.error().message();
    auto verified = verify();
    return verified ? "whole" : verified.error().message();
  }
};

TEST_F(JournalDamageTest, ADamagedRowIsNamed) {
  fill(2000);
  EXPECT_EQ(verdict(), "whole");
  close();
  tamper("UPDATE entry SET line = replace(line, '\"fen\":100', '\"fen\":900') WHERE seq = 5");
  EXPECT_THAT(verdict(), HasSubstr("entry 5: its line does not give its leaf hash"));
}

TEST_F(JournalDamageTest, AMissingRowIsNamed) {
  fill(2000);
  tamper("DELETE FROM entry WHERE seq = 77");
  EXPECT_THAT(verdict(), HasSubstr("entry 77: missing"));
}

TEST_F(JournalDamageTest, ADamagedRowAmongTheNewestStopsTheStart) {
  fill(2000);
  tamper("UPDATE entry SET line = replace(line, '\"fen\":100', '\"fen\":900') WHERE seq = 1990");
  auto opened = try_open();
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error(), make_error_code(JournalErrc::damaged));
  EXPECT_THAT(opened.error().message(), HasSubstr("entry 1990"));
}

TEST_F(JournalDamageTest, TwoRowsExchangedWithTheirHashesAreFound) {
  fill(2000);
  tamper(
      "UPDATE entry SET seq = -1 WHERE seq = 10; UPDATE entry SET seq = 10 WHERE seq = 11;"
      "UPDATE entry SET seq = 11 WHERE seq = -1");
  EXPECT_THAT(verdict(), HasSubstr("entry 10: its line says 11"));
}

TEST_F(JournalDamageTest, AHeadThatWentBackOrARowBeyondItIsFound) {
  fill(50);
  tamper("DELETE FROM entry WHERE seq = 49");
  EXPECT_THAT(verdict(), HasSubstr("entry 49: missing"));
  tamper(
      "INSERT INTO entry SELECT 49, line, leaf FROM entry WHERE seq = 48;"
      "INSERT INTO entry SELECT 50, line, leaf FROM entry WHERE seq = 48");
  EXPECT_THAT(verdict(), HasSubstr("entry 50: beyond the head"));
}

TEST_F(JournalDamageTest, AChangedMarkIsFound) {
  fill(3);
  tamper("UPDATE mark SET counter = 200");
  EXPECT_THAT(verdict(), HasSubstr("the mark of coin"));
}

TEST_F(JournalDamageTest, AMarkThatIsOlderThanItsEntriesOrOfALongerLogIsFound) {
  fill(3);
  const std::string hash_of_3 = to_hex(sha256(as_bytes("coin\n示例\n3\n0\n3\n")));
  tamper(fmt::format("UPDATE mark SET counter = 3, size = 3, hash = x'{}'", hash_of_3));
  EXPECT_EQ(verdict(), "whole");
  close();
  for (const auto& [size, why] : {std::pair{2, "older than its entry 2"}, {4, "a longer log"}}) {
    const std::string hash = to_hex(sha256(as_bytes(fmt::format("coin\n示例\n3\n0\n{}\n", size))));
    tamper(fmt::format("UPDATE mark SET size = {}, hash = x'{}'", size, hash));
    EXPECT_THAT(verdict(), HasSubstr(why));
  }
}

TEST_F(JournalDamageTest, AMarkThatIsOlderThanAnEntryFarBackIsFoundByVerification) {
  Append append;
  append.bodies.emplace_back(test::coin(0));
  for (int i = 0; i < 2000; ++i) append.bodies.emplace_back(tlog::Boot{"1", true});
  append.marks = coin_append(0).marks;
  open();
  ASSERT_TRUE(commit(std::move(append)));
  close();
  const std::string hash = to_hex(sha256(as_bytes("coin\n示例\n1\n0\n0\n")));
  tamper(fmt::format("UPDATE mark SET size = 0, hash = x'{}'", hash));
  open();
  const auto verified = verify();
  ASSERT_FALSE(verified);
  EXPECT_THAT(verified.error().message(), HasSubstr("the mark of coin"));
}

TEST_F(JournalDamageTest, AFileOfTheVersionBeforeIsUpgradedAndItsMarksAreKept) {
  fill(3);
  const std::string hash = to_hex(sha256(as_bytes("coin\n示例\n3\n1\n")));
  tamper(
      "DROP TABLE mark; CREATE TABLE mark(device TEXT PRIMARY KEY, serial TEXT NOT NULL, counter "
      "INTEGER NOT NULL, quiet INTEGER NOT NULL, hash BLOB NOT NULL) STRICT, WITHOUT ROWID;"
      "PRAGMA user_version = 1");
  tamper(fmt::format("INSERT INTO mark VALUES('coin', '示例', 3, 1, x'{}')", hash));
  for (int start = 0; start < 2; ++start) {
    EXPECT_EQ(verdict(), "whole");
    EXPECT_EQ(journal_->marks(), (std::vector<CounterMark>{{"coin", "示例", 3, true}}));
    close();
  }
  open();
  EXPECT_TRUE(commit(coin_append(3)));
  close();
  EXPECT_EQ(verdict(), "whole");
}

TEST_F(JournalDamageTest, AForeignTriggerIsFound) {
  fill(3);
  tamper("CREATE TRIGGER t AFTER INSERT ON entry BEGIN DELETE FROM mark; END");
  EXPECT_THAT(verdict(), HasSubstr("schema"));
}

TEST_F(JournalDamageTest, ABrokenSnapshotIsNotBelievedAndCostsNothingElse) {
  open();
  commit_coins(2);
  journal_->keep_snapshot({2, "slip 17"});
  close();
  tamper("UPDATE snapshot SET text = 'slip 18'");
  EXPECT_EQ(verdict(), "whole");
  EXPECT_FALSE(journal_->snapshot());
}

}  // namespace
}  // namespace yijuan
