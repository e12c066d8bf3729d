#include "sync/journal_batch.hpp"

#include <gtest/gtest.h>

#include "sync/errc.hpp"
#include "tests/support/run_task.hpp"
#include "tests/sync/fakes.hpp"
#include "tlog/cosignature.hpp"

namespace yijuan::sync {
namespace {

class JournalBatch : public ::testing::Test {
 protected:
  JournalBatch() { journal.add(5); }

  Result<bool> take(const std::string& note) {
    return yijuan::test::run_task(
        context, take_cosigned(journal, key.verifier(), cosigner.verifier(), note));
  }
  std::string note(std::uint64_t size, const Hash& root) {
    return tlog::cosign(tlog::sign_checkpoint({key.verifier().name, size, root}, key), cosigner,
                        parse_rfc3339("2026-10-17T01:00:00.000Z").value())
        .value();
  }

  asio::io_context context;
  test::FakeJournal journal;
  tlog::SigningKey key{test::origin_of(1), tlog::KeyType::note, test::seed_of(1)};
  tlog::SigningKey cosigner{"cosigner.example.org", tlog::KeyType::cosignature, test::seed_of(99)};
};

TEST_F(JournalBatch, IsUnderACheckpointOfItsEnd) {
  journal.note = "what the ledger cosigned\n";
  const auto made = yijuan::test::run_task(context, make_batch(journal, key, 2, {.entries = 2}));
  ASSERT_TRUE(made.has_value());
  EXPECT_EQ(made->batch.first, 2U);
  EXPECT_EQ(made->batch.lines.size(), 2U);
  EXPECT_EQ(made->batch.cosigned, "what the ledger cosigned\n");
  EXPECT_EQ(tlog::open_checkpoint(made->batch.checkpoint, key.verifier()).value(),
            made->checkpoint);
  EXPECT_EQ(made->checkpoint.root, journal.root(4));
  EXPECT_FALSE(yijuan::test::run_task(context, make_batch(journal, key, 5, {})).has_value());
}

TEST_F(JournalBatch, ANoteIsKeptIfItIsOfTheseEntriesAndNewer) {
  EXPECT_TRUE(take(note(3, journal.root(3))).value());
  EXPECT_EQ(journal.cosigned_size(), 3U);
  EXPECT_FALSE(take(note(3, journal.root(3))).value());
  EXPECT_FALSE(take(note(2, journal.root(2))).value());
  EXPECT_TRUE(take(note(5, journal.root(5))).value());
  EXPECT_EQ(journal.cosigned_size(), 5U);
}

TEST_F(JournalBatch, ANoteOfOtherEntriesOrSignersIsNot) {
  EXPECT_FALSE(take(note(3, journal.root(4))).has_value());
  EXPECT_FALSE(take(note(6, journal.root(5))).has_value());
  EXPECT_FALSE(take("").has_value());
  const std::string uncosigned =
      tlog::sign_checkpoint({key.verifier().name, 3, journal.root(3)}, key);
  EXPECT_FALSE(take(uncosigned).has_value());
  const tlog::SigningKey other("cosigner.example.org", tlog::KeyType::cosignature,
                               test::seed_of(98));
  EXPECT_FALSE(take(tlog::cosign(uncosigned, other, WallTime()).value()).has_value());
  EXPECT_EQ(journal.cosigned_size(), 0U);
}

}  // namespace
}  // namespace yijuan::sync
