// The boxes' requests, from HTTP message to HTTP message, with a store that fails at the worst
// moments.
#include <algorithm>

#include "ledger/reports/reports.hpp"
#include "tests/ledger/api_sync_fixture.hpp"
#include "tests/support/seeded_random.hpp"

namespace yijuan::ledger {
namespace {

TEST_F(ApiSyncTest, AnswersABatchWithTheCosignedCheckpoint) {
  log.add_coin(yuan(1));
  const auto response = ask(log.batch(0));
  ASSERT_EQ(response.status, 200U);
  const auto reply = read(response);
  ASSERT_TRUE(is<sync::Cosigned>(reply));
  EXPECT_EQ(std::get<sync::Cosigned>(reply).note, state().note);
}

TEST_F(ApiSyncTest, GivesTheSameBytesAfterAReplyThatWasLost) {
  log.add_coin(yuan(1));
  failing.mode = FailingStore::Mode::after_commit;
  const auto failed = ask(log.batch(0));
  EXPECT_EQ(failed.status, 503U);
  EXPECT_EQ(failed.body.find("cosigner"), std::string::npos);
  EXPECT_EQ(lost, 1);

  failing.mode = FailingStore::Mode::none;
  restart(32);
  wall_clock.time += std::chrono::hours(1);
  const auto again = ask(log.batch(0));
  ASSERT_EQ(again.status, 200U);
  const std::string note = std::get<sync::Cosigned>(read(again)).note;
  EXPECT_EQ(note, state().note);
  EXPECT_EQ(*tlog::cosigned_at(note, cosigner.verifier()), wall_clock.time - std::chrono::hours(1));
  EXPECT_EQ(state().totals.gift_count, 1U);
}

TEST_F(ApiSyncTest, ReleasesNoCosignatureBeforeTheCommit) {
  log.add_coin(yuan(1));
  failing.mode = FailingStore::Mode::before_commit;
  const auto failed = ask(log.batch(0));
  EXPECT_EQ(failed.status, 503U);
  EXPECT_EQ(failed.body.find("cosigner"), std::string::npos);
  EXPECT_EQ(lost, 0);
  EXPECT_EQ(state().size(), 0U);
  failing.mode = FailingStore::Mode::none;
  EXPECT_EQ(ask(log.batch(0)).status, 200U);
}

TEST_F(ApiSyncTest, ADatabaseThatIsAwayIsWaitedForWithoutAWordToStop) {
  log.add_coin(yuan(1));
  failing.mode = FailingStore::Mode::away;
  const auto failed = ask(log.batch(0));
  EXPECT_EQ(failed.status, 503U);
  EXPECT_TRUE(net::field(failed.fields, "retry-after").has_value());
  EXPECT_EQ(ask(log.batch(0)).status, 503U);
  EXPECT_EQ(lost, 0);
  failing.mode = FailingStore::Mode::none;
  EXPECT_EQ(ask(log.batch(0)).status, 200U);
  EXPECT_EQ(state().totals.gift_count, 1U);
}

TEST_F(ApiSyncTest, KeepsHeartbeatsWhileTheDatabaseIsAwayTheNewestOfEachBox) {
  wall_clock.time = now;
  EXPECT_EQ(beat(log.origin()).status, 200U);
  failing.mode = FailingStore::Mode::away;
  EXPECT_FALSE(test::run_task(context, api->keep_last_words()).has_value());
  EXPECT_TRUE(store->last_words()->empty());
  wall_clock.time += std::chrono::minutes(1);
  EXPECT_EQ(beat(log.origin()).status, 200U);
  EXPECT_FALSE(test::run_task(context, api->keep_last_words()).has_value());
  EXPECT_EQ(lost, 0);
  failing.mode = FailingStore::Mode::none;
  EXPECT_TRUE(test::run_task(context, api->keep_last_words()).has_value());
  ASSERT_EQ(store->last_words()->size(), 1U);
  EXPECT_EQ(store->last_words()->front().received, wall_clock.time);
}

TEST_F(ApiSyncTest, AsksADatabaseThatIsAwayOnceForAllWhoWait) {
  log.add_coin(yuan(1));
  failing.mode = FailingStore::Mode::away;
  const auto batch = log.batch(0);
  TaskGroup group(context.get_executor(), {});
  struct Sender {
    static Task<void> send(net::Router& router, net::HttpRequest request) {
      auto response = co_await router.handle(std::move(request));
      EXPECT_EQ(response->status, 503U);
      co_return Result<void>();
    }
  };
  constexpr int kSenders = 8;
  for (int i = 0; i < kSenders; ++i) {
    group.spawn("send", Sender::send(router, batch_request(batch)));
  }
  while (!group.empty() && context.run_one() > 0) {
  }
  EXPECT_LE(failing.appends, kSenders);  // none of them was tried again by itself
}

TEST_F(ApiSyncTest, StoresABatchOnceThoughItIsSentTwiceAtATime) {
  log.add_coin(yuan(1));
  const auto batch = log.batch(0);
  std::vector<unsigned> statuses;
  TaskGroup group(context.get_executor(), {});
  struct Sender {
    static Task<void> send(net::Router& router, net::HttpRequest request,
                           std::vector<unsigned>& statuses) {
      auto response = co_await router.handle(std::move(request));
      statuses.push_back(response ? response->status : 0);
      co_return Result<void>();
    }
  };
  for (int i = 0; i < 4; ++i) {
    group.spawn("send", Sender::send(router, batch_request(batch), statuses));
  }
  while (!group.empty() && context.run_one() > 0) {
  }
  EXPECT_EQ(statuses, (std::vector<unsigned>{200, 200, 200, 200}));
  EXPECT_EQ(state().totals.gift_count, 1U);
  EXPECT_EQ(store->batches(log.origin())->size(), 1U);
}

TEST_F(ApiSyncTest, SendsAwayMoreThanItCanHoldAndSaysForHowLong) {
  restart(0);
  const auto response = ask(log.batch(0));
  EXPECT_EQ(response.status, 503U);
  EXPECT_TRUE(net::field(response.fields, "retry-after").has_value());
}

Task<void> count(Task<net::HttpResponse> answer, std::map<unsigned, int>& statuses) {
  auto response = co_await std::move(answer);
  ++statuses[response ? response->status : 0];
  co_return Result<void>();
}

TEST_F(ApiSyncTest, HoldsMoreBatchesWhereTheyAreSmall) {
  restart(1);
  log.add_coin(yuan(1));
  std::map<unsigned, int> statuses;
  TaskGroup group(context.get_executor(), {});
  for (int i = 0; i < 17; ++i) {
    group.spawn("batch", count(router.handle(batch_request(log.batch(0))), statuses));
  }
  while (!group.empty()) context.run_one();
  EXPECT_EQ(statuses, (std::map<unsigned, int>{{200, 16}, {503, 1}}));
  EXPECT_EQ(ask(log.batch(0)).status, 200U);  // all weight is given back
}

TEST_F(ApiSyncTest, AFullBatchLeavesNoRoomBesideIt) {
  restart(1);
  sync::Batch full = log.batch(0);
  full.lines.assign(100, std::string(10'000, 'x'));
  std::map<unsigned, int> statuses;
  TaskGroup group(context.get_executor(), {});
  auto padded = batch_request(full);
  padded.body.append(sync::kMostPacked - padded.body.size(), 'x');
  group.spawn("full", count(router.handle(padded), statuses));
  group.spawn("small", count(router.handle(batch_request(log.batch(0))), statuses));
  while (!group.empty()) context.run_one();
  EXPECT_EQ(statuses, (std::map<unsigned, int>{{400, 1}, {503, 1}}));
}

TEST_F(ApiSyncTest, RefusesWhatIsNoBatch) {
  const std::string type(sync::kBatchType);
  EXPECT_EQ(ask(request(sync::kBatchPath, "text/plain", "x")).status, 415U);
  EXPECT_EQ(ask(request(sync::kBatchPath, type, "")).status, 400U);
  EXPECT_EQ(ask(request(sync::kBatchPath, type, "nonsense")).status, 400U);
  EXPECT_EQ(ask(request(sync::kBatchPath, type, std::string(sync::kMostPacked + 1, 'x'))).status,
            413U);
  std::string cut = batch_request(log.batch(0)).body;
  cut.resize(cut.size() / 2);
  EXPECT_EQ(ask(request(sync::kBatchPath, type, cut)).status, 400U);
}

TEST_F(ApiSyncTest, ListensToNobodyWithoutACertificateNorToARevokedBox) {
  auto nobody = batch_request(log.batch(0));
  nobody.peer.box.clear();
  EXPECT_EQ(ask(nobody).status, 403U);
  auto silent = heartbeat_request(log.origin());
  silent.peer.box.clear();
  EXPECT_EQ(ask(silent).status, 403U);
  EXPECT_EQ(beat(log.origin()).status, 200U);
  ASSERT_TRUE(store->set_status(log.box(), BoxStatus::revoked).has_value());
  EXPECT_EQ(ask(log.batch(0)).status, 403U);
  EXPECT_EQ(beat(log.origin()).status, 403U);
}

TEST_F(ApiSyncTest, RecordsAForkAndCosignsNothing) {
  log.add_coin(yuan(1));
  ask(log.batch(0));
  test::BoxLog fork(log.box());
  fork.add_coin(yuan(2));
  const auto response = ask(fork.batch(0));
  EXPECT_EQ(response.status, 422U);
  ASSERT_EQ(alarms().size(), 1U);
  EXPECT_EQ(alarms()[0].code, "fork");
}

TEST_F(ApiSyncTest, TellsABoxThatIsAheadOrBehindWhereToResume) {
  log.add_coin(yuan(1));
  const auto response = ask(log.batch(1));
  EXPECT_EQ(response.status, 409U);
  const auto reply = read(response);
  ASSERT_TRUE(is<sync::ResumeAt>(reply));
  EXPECT_EQ(std::get<sync::ResumeAt>(reply).size, 0U);
}

TEST_F(ApiSyncTest, KeepsABoxesLastWordForTheSyncReport) {
  log.add_coin(yuan(1));
  ask(log.batch(0));
  log.add_coin(yuan(1));
  const auto response = beat(log.origin());
  ASSERT_EQ(response.status, 200U);
  EXPECT_EQ(sync::read_heartbeat_reply(response)->size, 3U);
  EXPECT_TRUE(store->last_words()->empty());  // not yet
  ASSERT_TRUE(test::run_task(context, api->keep_last_words()).has_value());
  const auto report = sync_report(*store);
  ASSERT_TRUE(report.has_value());
  const std::string json = format_json(*report);
  for (const char* part : {R"("journal_head":5)", R"("ledger_head":3)", R"("lag":2)",
                           R"("unsynced":3)", R"("unsynced_fen":700)", R"("alarms":[])",
                           R"("last_contact":"2026-10-17T08:00:00.000Z")"}) {
    EXPECT_NE(json.find(part), std::string::npos) << part << " in " << json;
  }
}

TEST_F(ApiSyncTest, RefusesAHeartbeatOfAnotherLogOrOfNoForm) {
  EXPECT_EQ(beat("ledger.example/box/other-02/01234567").status, 403U);
  const auto nonsense = request(sync::kHeartbeatPath, sync::kHeartbeatType, "{]");
  EXPECT_EQ(ask(nonsense).status, 400U);
  EXPECT_EQ(
      ask(request(sync::kHeartbeatPath, sync::kHeartbeatType, std::string(20'000, ' '))).status,
      413U);
}

TEST_F(ApiSyncTest, AlarmsOfABoxThatHasFewerEntriesThanItSentAreInTheReport) {
  log.add_coin(yuan(1));
  ask(log.batch(0));
  log.lines().resize(1);
  beat(log.origin());
  ASSERT_TRUE(test::run_task(context, api->keep_last_words()).has_value());
  const std::string json = format_json(*sync_report(*store));
  EXPECT_NE(json.find("rollback"), std::string::npos) << json;
}

TEST_F(ApiSyncTest, ABatchAfterTheLastHeartbeatIsNoRollback) {
  log.add_coin(yuan(1));
  ask(log.batch(0));
  beat(log.origin());
  ASSERT_TRUE(test::run_task(context, api->keep_last_words()).has_value());
  wall_clock.time += std::chrono::seconds(5);
  const std::uint64_t sent = log.size();
  log.add_coin(yuan(1));
  ASSERT_EQ(ask(log.batch(sent)).status, 200U);
  const std::string json = format_json(*sync_report(*store));
  for (const char* part :
       {R"("journal_head":5)", R"("ledger_head":5)", R"("lag":0)", R"("alarms":[])"}) {
    EXPECT_NE(json.find(part), std::string::npos) << part << " in " << json;
  }
}

class ApiSyncOfficeTest : public ApiSyncTest {
 protected:
  ApiSyncOfficeTest() {
    EXPECT_TRUE(log_of_the_office.start().has_value());
    office = &log_of_the_office;
    restart(32);
  }
  sync::Batch next_batch(const std::string& seen) {
    const std::uint64_t sent = log.size() == 1 ? 0 : log.size();
    log.add_coin(yuan(1));
    auto batch = log.batch(sent);
    batch.office = seen;
    return batch;
  }
  // A batch under the next version, and what it says of the office's log.
  std::optional<sync::OfficeWord> word_after(const std::string& seen) {
    const auto reply = read(ask(next_batch(seen)));
    EXPECT_TRUE(is<sync::Cosigned>(reply));
    return std::get<sync::Cosigned>(reply).office;
  }
  sync::HeartbeatReply beat_with(const std::string& seen) {
    sync::Heartbeat heartbeat;
    heartbeat.version = "1";
    heartbeat.origin = log.origin();
    heartbeat.clock = wall_clock.now();
    heartbeat.office = seen;
    const auto response =
        ask(request(sync::kHeartbeatPath, sync::kHeartbeatType, sync::write_heartbeat(heartbeat)));
    EXPECT_EQ(response.status, 200U);
    return *sync::read_heartbeat_reply(response);
  }
  void write() {
    const tlog::Body body(tlog::Digest{.day = "2026-10-17", .logs = 1, .hash = {}});
    ASSERT_TRUE(log_of_the_office.append({&body, 1}).has_value());
  }
  // Signed by the office's key, and no beginning of what is held.
  std::string forged(std::uint64_t size) {
    return tlog::sign_checkpoint({key.origin(1), size, Hash{1}}, key.of(1));
  }
  std::size_t alarms_of(const std::string& code) {
    return static_cast<std::size_t>(std::ranges::count(alarms(), code, &Alarm::code));
  }

  OfficeKey key{"ledger.example", tlog::Seed{5}};
  test::SeededRandom random{7};
  OfficeLog log_of_the_office{
      {.store = failing, .key = key, .cosigner = cosigner, .clock = wall_clock, .random = random}};
};

TEST_F(ApiSyncOfficeTest, EveryAnswerCarriesTheOfficesCheckpointAndItsProof) {
  sync::OfficeWatch watch(key.verifier(1), std::nullopt);
  for (int i = 0; i < 5; ++i) {
    const auto word = i % 2 == 0 ? word_after(watch.note()) : beat_with(watch.note()).office;
    ASSERT_TRUE(word.has_value());
    const auto witness = watch.hear(*word);
    ASSERT_TRUE(witness.has_value()) << witness.error().message();
    ASSERT_TRUE(witness->has_value());
    watch.keep(**witness);
    EXPECT_EQ(watch.known()->size, static_cast<std::uint64_t>(i + 1));
    write();
  }
  EXPECT_TRUE(alarms().empty());
}

TEST_F(ApiSyncOfficeTest, ABoxThatSaysNothingOfItInAHeartbeatIsToldNothing) {
  ASSERT_TRUE(word_after("").has_value());
  EXPECT_FALSE(beat_with("").office.has_value());
}

TEST_F(ApiSyncOfficeTest, ABoxOfVersionOneIsAnsweredAsBefore) {
  log.add_coin(yuan(1));
  auto batch = log.batch(0);
  batch.version = sync::Version::one;
  const Bytes packed = sync::pack(batch);
  const auto response =
      ask(request(sync::kBatchPathOfVersion1, sync::kBatchType, std::string(as_text(packed))));
  ASSERT_EQ(response.status, 200U);
  EXPECT_EQ(response.body, state().note);
}

TEST_F(ApiSyncOfficeTest, WhatABoxSawAndTheLedgerHasNotIsAnAlarmOnceAndNothingIsSaidAnyMore) {
  ASSERT_TRUE(word_after("").has_value());
  EXPECT_FALSE(word_after(forged(7)).has_value());  // its money is taken all the same
  EXPECT_EQ(state().totals.gift_count, 2U);
  EXPECT_FALSE(beat_with(forged(7)).office.has_value());
  EXPECT_FALSE(word_after("").has_value());
  EXPECT_EQ(alarms_of("office-short"), 1U);
  EXPECT_EQ(alarms()[0].count, 1U);
  EXPECT_EQ(alarms()[0].evidence, forged(7));
  EXPECT_FALSE(log_of_the_office.append({}).has_value());
  ASSERT_TRUE(log_of_the_office.declare_hole("restored").has_value());
  const auto word = word_after(forged(7));
  ASSERT_TRUE(word.has_value());
  sync::OfficeWatch watch(
      key.verifier(1),
      tlog::Witness{.origin = key.origin(1), .size = 7, .root = Hash{1}, .signature = {}});
  EXPECT_TRUE(watch.hear(*word).has_value());
}

TEST_F(ApiSyncOfficeTest, AnotherHistoryOfWhatIsHeldIsAFork) {
  write();
  write();
  ASSERT_TRUE(word_after("").has_value());
  EXPECT_FALSE(beat_with(forged(2)).office.has_value());
  EXPECT_EQ(alarms_of("office-forked"), 1U);
  EXPECT_FALSE(word_after("").has_value());
}

}  // namespace
}  // namespace yijuan::ledger
