#include "ledger/ingest.hpp"

#include "tests/ledger/ledger_fixture.hpp"
#include "tlog/entry_line.hpp"
#include "tlog/note.hpp"

namespace yijuan::ledger {
namespace {

class IngestTest : public LedgerFixture {};

TEST_F(IngestTest, StoresABatchAndCosignsItsCheckpoint) {
  for (int i = 0; i < 5; ++i) log.add_coin(yuan(1));
  const auto reply = send(log.batch(0));
  ASSERT_TRUE(is<sync::Cosigned>(reply));
  const std::string& note = std::get<sync::Cosigned>(reply).note;
  const auto checkpoint = tlog::open_checkpoint(note, log.key().verifier());
  ASSERT_TRUE(checkpoint.has_value());
  EXPECT_EQ(checkpoint->size, 11U);
  EXPECT_EQ(*tlog::cosigned_at(note, cosigner.verifier()), now);
  EXPECT_EQ(*store->lines(log.origin(), 0, 100), log.lines());
  EXPECT_EQ(state().note, note);
  EXPECT_EQ(state().totals.gift_sum, yuan(5));
  ASSERT_EQ(rollups().size(), 1U);
  EXPECT_EQ(rollups()[0].value, (Rollup{.gifts = 5, .people = 5, .sum = yuan(5)}));
  EXPECT_TRUE(alarms().empty());
}

TEST_F(IngestTest, AnswersARepeatedBatchWithTheSameBytesThoughTimeHasPassed) {
  log.add_coin(yuan(1));
  const auto batch = log.batch(0);
  const auto first = send(batch);
  now += std::chrono::hours(1);
  const auto again = send(batch);
  ASSERT_TRUE(is<sync::Cosigned>(again));
  EXPECT_EQ(std::get<sync::Cosigned>(again).note, std::get<sync::Cosigned>(first).note);
  EXPECT_EQ(state().totals.gift_count, 1U);
  EXPECT_EQ(rollups()[0].value.gifts, 1U);
  EXPECT_EQ(store->batches(log.origin())->size(), 1U);
}

TEST_F(IngestTest, TakesOnlyTheNewPartOfABatchThatOverlaps) {
  log.add_coin(yuan(1));
  send(log.batch(0));
  log.add_coin(yuan(5));
  ASSERT_TRUE(is<sync::Cosigned>(send(log.batch(1))));
  EXPECT_EQ(*store->lines(log.origin(), 0, 100), log.lines());
  EXPECT_EQ(state().totals.gift_sum, yuan(6));
  const auto batches = *store->batches(log.origin());
  ASSERT_EQ(batches.size(), 2U);
  EXPECT_EQ(batches[1].first, 3U);
}

TEST_F(IngestTest, TellsWhereToResumeBeforeAGapAndAfterAnOldBatch) {
  for (int i = 0; i < 3; ++i) log.add_coin(yuan(1));
  const auto gap = send(log.batch(2));
  ASSERT_TRUE(is<sync::ResumeAt>(gap));
  EXPECT_EQ(std::get<sync::ResumeAt>(gap).size, 0U);
  send(log.batch(0));
  const auto old = send(log.batch(0, 3));
  ASSERT_TRUE(is<sync::ResumeAt>(old));
  EXPECT_EQ(std::get<sync::ResumeAt>(old).size, 7U);
  EXPECT_TRUE(alarms().empty());
}

TEST_F(IngestTest, NeverCosignsAnotherHistoryThanTheFirst) {
  log.add_coin(yuan(1));
  send(log.batch(0));
  const std::string note = state().note;

  test::BoxLog fork(log.box());  // the same key, another second entry
  fork.add_coin(yuan(100));
  ASSERT_TRUE(is<sync::Forked>(send(fork.batch(0))));
  fork.add_coin(yuan(100));
  ASSERT_TRUE(is<sync::Forked>(send(fork.batch(0))));
  fork.add_coin(yuan(100));
  ASSERT_TRUE(is<sync::Forked>(send(fork.batch(3))));  // continues, but to another root
  EXPECT_EQ(state().note, note);
  EXPECT_EQ(state().totals.gift_sum, yuan(1));
  ASSERT_EQ(alarms().size(), 1U);
  EXPECT_EQ(alarms()[0].code, "fork");
  EXPECT_EQ(alarms()[0].count, 1U);  // what follows of the same history is no news
  EXPECT_EQ(alarms()[0].evidence, fork.batch(0, 3).checkpoint);
}

TEST_F(IngestTest, RefusesAnEntryThatIsNotUnderTheCheckpoint) {
  log.add_coin(yuan(1));
  auto batch = log.batch(0);
  test::BoxLog other(log.box());
  other.add_coin(yuan(9));
  batch.lines[1] = other.lines()[1];
  EXPECT_TRUE(is<sync::Forked>(send(batch)));
  batch = log.batch(0);
  std::swap(batch.lines[1], batch.lines[2]);
  EXPECT_TRUE(is<sync::Rejected>(send(batch)));
  batch = log.batch(0);
  batch.lines.pop_back();
  EXPECT_TRUE(is<sync::Rejected>(send(batch)));
  EXPECT_EQ(state().size(), 0U);
}

TEST_F(IngestTest, RefusesACheckpointThatTheLogDidNotSign) {
  log.add_coin(yuan(1));
  const test::BoxLog stranger(log.box(), 2);
  auto batch = log.batch(0);
  batch.checkpoint = tlog::sign_note(batch.checkpoint.substr(0, batch.checkpoint.find("\n\n") + 1),
                                     stranger.key());
  EXPECT_TRUE(is<sync::Forked>(send(batch)));
  batch.checkpoint = "nonsense";
  EXPECT_TRUE(is<sync::Forked>(send(batch)));
  EXPECT_EQ(state().size(), 0U);
}

TEST_F(IngestTest, RefusesALogThatDoesNotBeginWithItsKey) {
  test::BoxLog other("other-02", 7);
  log.lines()[0] = other.lines()[0];
  EXPECT_TRUE(is<sync::Forked>(send(log.batch(0))));
  log.lines().clear();
  log.add(tlog::Boot{.version = "1", .clean = true});
  EXPECT_TRUE(is<sync::Forked>(send(log.batch(0))));
}

TEST_F(IngestTest, ListensToNoRevokedBoxAndToNoStrangersLog) {
  log.add_coin(yuan(1));
  ASSERT_TRUE(store->set_status(log.box(), BoxStatus::revoked).has_value());
  EXPECT_TRUE(is<sync::Revoked>(send(log.batch(0))));
  ASSERT_TRUE(store->set_status(log.box(), BoxStatus::active).has_value());
  EXPECT_TRUE(is<sync::Cosigned>(send(log.batch(0))));

  test::BoxLog other("other-02", 2);
  enrol(other);
  EXPECT_TRUE(is<sync::Revoked>(send(other.batch(0))));  // sent under market-01's certificate
  EXPECT_TRUE(is<sync::Revoked>(send(test::BoxLog("market-01", 5).batch(0))));
}

TEST_F(IngestTest, KeepsAndMarksEntriesThatItDoesNotKnow) {
  log.add_coin(yuan(1));
  std::string line = tlog::write_line(
      {.seq = log.size(), .at = log.clock, .boot = log.boot, .up = log.up, .salt = {}},
      tlog::Recovered{.device = "coin", .code = "x"});
  line.replace(line.find("recovered"), 9, "telescope");
  log.add_line(line);
  log.add_coin(yuan(1));
  ASSERT_TRUE(is<sync::Cosigned>(send(log.batch(0))));
  EXPECT_EQ(*store->lines(log.origin(), 3, 1), std::vector{line});
  EXPECT_EQ(state().totals.unknown, 1U);
  EXPECT_EQ(state().totals.gift_count, 2U);
  ASSERT_EQ(alarms().size(), 1U);
  EXPECT_EQ(alarms()[0].code, "unknown");
}

TEST_F(IngestTest, RefusesALineThatIsNoEntryAndSaysWhich) {
  log.add_line(R"({"seq":1,"what":"ever"})");
  const auto reply = send(log.batch(0));
  ASSERT_TRUE(is<sync::Rejected>(reply));
  EXPECT_NE(std::get<sync::Rejected>(reply).text.find("entry 1"), std::string::npos);
  ASSERT_EQ(alarms().size(), 1U);
  EXPECT_EQ(alarms()[0].code, "malformed");
}

TEST_F(IngestTest, PostsAGiftThatContradictsItsCashOnlyAsFarAsItIsTrue) {
  log.add_coin(yuan(1), false);
  log.add(tlog::Gift{.terms = log.terms,
                     .channel = tlog::Channel::cash,
                     .amount = yuan(1000),
                     .campaign = "demo",
                     .people = 1,
                     .slip = 1,
                     .cash = {1},
                     .claim = {},
                     .closed = "done"});
  ASSERT_TRUE(is<sync::Cosigned>(send(log.batch(0))));
  EXPECT_EQ(state().totals.gift_sum, yuan(1));
  EXPECT_EQ(state().totals.faults, 1U);
  ASSERT_EQ(alarms().size(), 1U);
  EXPECT_EQ(alarms()[0].code, "books");
}

TEST_F(IngestTest, DoesNothingIfTheLogMovedMeanwhile) {
  log.add_coin(yuan(1));
  const auto batch = log.batch(0);
  const auto first = check(batch);
  const auto second = check(batch);
  ASSERT_EQ(*store->append(std::get<Appending>(*first)), Appended::done);
  EXPECT_EQ(*store->append(std::get<Appending>(*second)), Appended::moved);
  EXPECT_EQ(state().totals.gift_count, 1U);
  EXPECT_EQ(rollups()[0].value.gifts, 1U);
}

TEST_F(IngestTest, PassesOnNoSignatureButTheLogsAndItsOwn) {
  auto batch = log.batch(0);
  batch.checkpoint += "— stranger.example AAAAAAAA\n";
  const auto reply = send(batch);
  ASSERT_TRUE(is<sync::Cosigned>(reply));
  EXPECT_EQ(tlog::parse_note(std::get<sync::Cosigned>(reply).note)->signatures.size(), 2U);
}

TEST_F(IngestTest, KeepsCashThatIsInNoGiftYetUntilTheGiftComes) {
  log.add_coin(yuan(1), false);
  send(log.batch(0));
  ASSERT_EQ(store->open_cash(log.origin())->size(), 1U);
  log.add(tlog::Gift{.terms = log.terms,
                     .channel = tlog::Channel::cash,
                     .amount = yuan(1),
                     .campaign = "demo",
                     .people = 1,
                     .slip = 1,
                     .cash = {1},
                     .claim = {},
                     .closed = "power"});
  send(log.batch(2));
  EXPECT_TRUE(store->open_cash(log.origin())->empty());
  EXPECT_EQ(state().totals.gift_sum, yuan(1));
  EXPECT_EQ(state().totals.faults, 0U);
}

}  // namespace
}  // namespace yijuan::ledger
