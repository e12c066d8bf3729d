// The office's log: several writers on one store, crashes between its steps, what boxes witness,
// and what a restore or a fork leaves it able to say.
#include "ledger/office/office_log.hpp"

#include <map>
#include <set>
#include <thread>

#include "ledger/log_fold.hpp"
#include "ledger/rebuild.hpp"
#include "sync/errc.hpp"
#include "tests/ledger/failing_store.hpp"
#include "tests/ledger/office_fixture.hpp"
#include "tlog/leaf.hpp"

namespace yijuan::ledger {
namespace {

class OfficeLogTest : public OfficeFixture {
 protected:
  OfficeLogTest() { EXPECT_TRUE(office->start().has_value()); }

  sync::OfficeWatch box() { return {key.verifier(1), std::nullopt}; }
  // What a box makes of an answer; it keeps what it saw.
  Error hears(sync::OfficeWatch& watch, OfficeLog& from) {
    const auto heard = from.hear(watch.note());
    EXPECT_TRUE(heard.has_value()) << heard.error().message();
    if (!heard->word) return {LedgerErrc::office_blocked};
    auto witness = watch.hear(*heard->word);
    if (!witness) return witness.error();
    if (*witness) watch.keep(**witness);
    return {LedgerErrc::bad_argument, "fine"};
  }
  static bool fine(const Error& error) { return error.detail() == "fine"; }
  // The office's log goes back to what it was with `size` entries.
  void roll_back(std::uint64_t size) {
    const auto lines = *store->lines(key.origin(1), 0, size);
    const std::string old_note = notes.at(size);
    std::filesystem::remove_all(folder);
    std::filesystem::create_directory(folder);
    open();
    enrol(log);
    LogState state;
    state.origin = key.origin(1);
    state.vkey = key.verifier(1).text();
    state.kind = LogKind::office;
    ASSERT_TRUE(store->add_log(state).value());
    std::vector<tlog::Entry> entries;
    std::vector<Hash> leaves;
    for (const std::string& line : lines) {
      entries.push_back(*tlog::parse_line(line));
      leaves.push_back(tlog::leaf_hash(line));
    }
    LogFold fold(state, {});
    fold.add_batch(entries, leaves, now);
    state = fold.state();
    state.note = old_note;
    ASSERT_EQ(
        store
            ->append(
                {.expected_size = 0, .lines = lines, .next = state, .changes = {}, .alarms = {}})
            .value(),
        Appended::done);
    office.emplace(parts(*store));
  }
  void fill(int entries) {
    for (int i = 0; i < entries; ++i) {
      const auto written = write(*office, i);
      notes[written.log.size()] = written.log.note;
    }
  }
  Result<bool> show(const std::string& seen) {
    auto heard = office->hear(seen);
    if (!heard) return heard.error();
    if (!heard->news) return false;
    return office->remember(*heard->news);
  }

  std::map<std::uint64_t, std::string> notes;
};

TEST_F(OfficeLogTest, BeginsWithAnEpochAndIsSignedAndCosigned) {
  const auto written = write(*office, 1);
  EXPECT_EQ(written.first, 1U);
  const auto epoch = std::get<tlog::Epoch>(entry(1, 0).body);
  EXPECT_EQ(epoch.key, key.verifier(1).text());
  EXPECT_EQ(std::get<tlog::Digest>(entry(1, 1).body), digest(1));
  const auto checkpoint = tlog::open_checkpoint(note(), key.verifier(1));
  ASSERT_TRUE(checkpoint.has_value());
  EXPECT_EQ(checkpoint->size, 2U);
  EXPECT_EQ(checkpoint->root, stored().frontier.root());
  EXPECT_EQ(tlog::cosigned_at(note(), cosigner.verifier()).value(), clock.time);
  EXPECT_TRUE(rebuild_books(*store, {})->differences.empty());
}

TEST_F(OfficeLogTest, IsBegunOnceThoughTwoLedgersStart) {
  auto second = another();
  write(*second, 1);
  write(*office, 2);
  write(*second, 3);
  EXPECT_EQ(stored().size(), 4U);
  EXPECT_EQ(std::get<tlog::Digest>(entry(1, 3).body), digest(3));
}

TEST_F(OfficeLogTest, LosesNoEntryOfTwoThatWriteAtOnce) {
  auto second = another();
  constexpr int kEach = 40;
  const auto write_all = [](OfficeLog& into, int first) {
    for (int i = 0; i < kEach; ++i) {
      const tlog::Body body(tlog::Digest{
          .day = "2026-11-11", .logs = static_cast<std::uint64_t>(first + i), .hash = {}});
      while (!into.append({&body, 1}).has_value()) {
      }
    }
  };
  test::SeededRandom own(8);
  std::optional<OfficeLog> third;
  third.emplace(OfficeLog::Parts{
      .store = *store, .key = key, .cosigner = cosigner, .clock = clock, .random = own});
  std::thread other(write_all, std::ref(*third), 1000);
  write_all(*office, 0);
  other.join();
  std::set<std::uint64_t> seen;
  for (Seq seq = 1; seq < stored().size(); ++seq) {
    seen.insert(std::get<tlog::Digest>(entry(1, seq).body).logs);
  }
  EXPECT_EQ(stored().size(), 1U + 2 * kEach);
  EXPECT_EQ(seen.size(), 2U * kEach);
  EXPECT_TRUE(rebuild_books(*store, {})->differences.empty());
}

TEST_F(OfficeLogTest, SignsNothingThatIsNotDurable) {
  FailingStore failing(*store);
  std::vector<std::string> told;
  OfficeLog::Parts with = parts(failing);
  with.on_written = [&](const OfficeWritten& written) { told.push_back(written.log.note); };
  OfficeLog on_it(std::move(with));
  failing.mode = FailingStore::Mode::before_commit;
  EXPECT_EQ(refused(on_it), make_error_code(LedgerErrc::store_failed));
  EXPECT_EQ(stored().size(), 1U);
  failing.mode = FailingStore::Mode::after_commit;
  EXPECT_EQ(refused(on_it), make_error_code(LedgerErrc::store_lost));
  EXPECT_TRUE(told.empty());
  failing.mode = FailingStore::Mode::none;
  write(*another(), 2);  // a new daemon goes on after what was committed
  EXPECT_EQ(stored().size(), 3U);
}

TEST_F(OfficeLogTest, WritesADaysDigestOnce) {
  ASSERT_TRUE(office->append_digest(digest(1)).has_value());
  ASSERT_TRUE(office->append_digest(digest(1)).has_value());
  ASSERT_TRUE(another()->append_digest(digest(1)).has_value());
  ASSERT_TRUE(office->append_digest(digest(2)).has_value());
  EXPECT_EQ(stored().size(), 3U);
}

TEST_F(OfficeLogTest, OfTwoLedgersThatPublishTheFirstStatesTheDigestAndTheSecondIsTold) {
  auto second = another();
  tlog::Digest other = digest(1);
  other.hash = Hash{7};
  EXPECT_FALSE(second->refuses(other).value().has_value());
  EXPECT_TRUE(office->append_digest(digest(1)).value());
  EXPECT_FALSE(second->append_digest(other).value());
  EXPECT_NE(second->refuses(other).value()->find("another ledgerd"), std::string::npos);
  EXPECT_TRUE(second->append_digest(digest(1)).value());
  EXPECT_FALSE(second->refuses(digest(1)).value().has_value());
  EXPECT_EQ(stored().size(), 2U);
  ASSERT_TRUE(store->doubt_all().has_value());
  EXPECT_FALSE(office->refuses(digest(1)).value().has_value());
  EXPECT_TRUE(office->refuses(digest(2)).value().has_value());
}

TEST_F(OfficeLogTest, EveryAnswerProvesThatItGrewFromWhatTheBoxSaw) {
  auto watch = box();
  for (int i = 0; i < 20; ++i) {
    fill(i % 3);
    EXPECT_TRUE(fine(hears(watch, *office)));
    EXPECT_EQ(watch.known()->size, stored().size());
  }
  auto late = box();
  EXPECT_TRUE(fine(hears(late, *office)));
  fill(1);
  EXPECT_TRUE(fine(hears(late, *another())));
  EXPECT_FALSE(show(late.note()).value());
}

TEST_F(OfficeLogTest, ALogThatWentBackIsSeenByTheNextBoxAndSignedNoMore) {
  auto watch = box();
  fill(5);
  hears(watch, *office);
  roll_back(3);
  ASSERT_TRUE(office->start().has_value());
  EXPECT_EQ(hears(watch, *office), make_error_code(LedgerErrc::office_blocked));
  EXPECT_TRUE(show(watch.note()).value());
  EXPECT_FALSE(show(watch.note()).value());  // alarmed of once
  EXPECT_EQ(stored().floor->size, 6U);
  EXPECT_EQ(refused(*office), make_error_code(LedgerErrc::office_blocked));
  EXPECT_EQ(refused(*another()), make_error_code(LedgerErrc::office_blocked));
  auto stranger = box();
  EXPECT_EQ(hears(stranger, *office), make_error_code(LedgerErrc::office_blocked));
}

TEST_F(OfficeLogTest, ALogThatWentBackAndWentOnIsAForkForTheBoxThatSawIt) {
  auto watch = box();
  fill(5);
  hears(watch, *office);
  roll_back(3);
  clock.time += std::chrono::hours(1);
  for (int i = 0; i < 4; ++i) write(*office, 9);
  // The ledger sees it by itself; a ledger that hid it would be caught by the box.
  const auto heard = office->hear(watch.note());
  ASSERT_TRUE(heard->news.has_value());
  EXPECT_EQ(heard->news->code, "office-forked");
  sync::OfficeWord hidden{.checkpoint = note(), .from = 6, .proof = {}};
  hidden.proof.resize(3);
  const auto caught = watch.hear(hidden);
  ASSERT_FALSE(caught.has_value());
  EXPECT_EQ(caught.error(), make_error_code(SyncErrc::office_forked));
}

TEST_F(OfficeLogTest, BelievesNoCheckpointThatItsKeyDidNotSign) {
  fill(2);
  const OfficeKey other("ledger.example", tlog::Seed{6});
  const auto forged = tlog::sign_checkpoint({key.origin(1), 99, Hash{1}}, other.of(1));
  EXPECT_FALSE(show(forged).value());
  EXPECT_FALSE(show("nonsense").value());
  EXPECT_FALSE(show(tlog::sign_checkpoint({"other.example/office/1", 99, Hash{1}},
                                          OfficeKey("other.example", tlog::Seed{5}).of(1)))
                   .value());
  write(*office, 1);
}

TEST_F(OfficeLogTest, ADeclaredHoleIsTheBeginningOfTheNextLog) {
  auto watch = box();
  fill(5);
  hears(watch, *office);
  const Hash seen = stored().frontier.root();
  roll_back(3);
  EXPECT_TRUE(show(watch.note()).value());
  const auto declared = office->declare_hole("disk failed, backup of Tuesday");
  ASSERT_TRUE(declared.has_value()) << declared.error().message();
  EXPECT_EQ(declared->log.origin, key.origin(2));
  const auto epoch = std::get<tlog::Epoch>(entry(2, 0).body);
  EXPECT_EQ(epoch.previous->origin, key.origin(1));
  EXPECT_EQ(epoch.previous->size, 3U);
  EXPECT_EQ(epoch.previous->root, stored(1).frontier.root());
  const auto hole = std::get<tlog::Hole>(entry(2, 1).body);
  EXPECT_EQ(hole.held, 3U);
  EXPECT_EQ(hole.seen, 6U);
  EXPECT_EQ(hole.root, seen);
  EXPECT_EQ(write(*office, 1).log.origin, key.origin(2));
  EXPECT_TRUE(fine(hears(watch, *office)));
  EXPECT_EQ(watch.known()->origin, key.origin(2));
  EXPECT_EQ(stored(1).size(), 3U);
  EXPECT_TRUE(rebuild_books(*store, {})->differences.empty());
}

TEST_F(OfficeLogTest, NothingIsDeclaredOfALogThatIsWhole) {
  fill(1);
  EXPECT_EQ(office->declare_hole("because").error(), make_error_code(LedgerErrc::not_done));
  EXPECT_EQ(stored().size(), 2U);
}

TEST_F(OfficeLogTest, ADeclarationThatWasCutIsMadeAgainAndLeavesNoLogWithoutItsHole) {
  fill(2);
  ASSERT_TRUE(store->doubt_all().has_value());
  FailingStore failing(*store);
  OfficeLog on_it(parts(failing));
  failing.mode = FailingStore::Mode::before_commit;
  EXPECT_FALSE(on_it.declare_hole("restored").has_value());
  ASSERT_TRUE(store->log(key.origin(2))->has_value());  // made, not begun
  auto next = another();
  EXPECT_EQ(refused(*next), make_error_code(LedgerErrc::office_blocked));
  ASSERT_TRUE(next->declare_hole("restored").has_value());
  EXPECT_TRUE(std::holds_alternative<tlog::Hole>(entry(2, 1).body));
}

TEST_F(OfficeLogTest, AfterARestoreNothingIsSignedAndNothingSaid) {
  fill(2);
  ASSERT_TRUE(store->doubt_all().has_value());
  EXPECT_EQ(refused(*office), make_error_code(LedgerErrc::office_blocked));
  EXPECT_FALSE(office->hear("")->word.has_value());
  EXPECT_EQ(stored().size(), 3U);
}

TEST_F(OfficeLogTest, ALogOfAHigherNumberThanAnyHereStopsTheOneThatIsWritten) {
  fill(2);
  const auto seen = tlog::sign_checkpoint({key.origin(4), 7, Hash{1}}, key.of(4));
  EXPECT_TRUE(show(seen).value());
  EXPECT_EQ(refused(*office), make_error_code(LedgerErrc::office_blocked));
  OfficeLog unaware(parts(*store));  // it looks for the next number only
  EXPECT_EQ(refused(unaware), make_error_code(LedgerErrc::office_blocked));
  ASSERT_TRUE(another()->declare_hole("restored").has_value());
  EXPECT_EQ(std::get<tlog::Hole>(entry(5, 1).body).seen, 7U);
}

TEST_F(OfficeLogTest, AnotherKeyBeginsAnotherLog) {
  fill(2);
  key = OfficeKey("ledger.example", tlog::Seed{6});
  office.emplace(parts(*store));
  EXPECT_EQ(refused(*office), make_error_code(LedgerErrc::office_blocked));
  ASSERT_TRUE(office->declare_hole("the key was lost").has_value());
  EXPECT_EQ(stored(2).vkey, key.verifier(2).text());
  write(*office, 3);
}

}  // namespace
}  // namespace yijuan::ledger
