#include "sync/client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "async/sim_clock.hpp"
#include "async/task_group.hpp"
#include "sync/epoch.hpp"
#include "tests/support/run_task.hpp"
#include "tests/sync/fakes.hpp"

namespace yijuan::sync {
namespace {

using namespace std::chrono_literals;
using test::FakeJournal;
using test::FakeLedger;
using test::ScriptedUplink;

ScriptedUplink::Step status(unsigned code, net::Fields fields = {}, std::string body = "") {
  return [=](FakeLedger&, const net::HttpRequest&) -> Result<net::HttpResponse> {
    return net::HttpResponse{code, fields, body};
  };
}

ScriptedUplink::Step reply(BatchReply answer) {
  return [=](FakeLedger&, const net::HttpRequest&) -> Result<net::HttpResponse> {
    return write_reply(answer, Version::two);
  };
}

/// The ledger commits, and its answer is lost.
Result<net::HttpResponse> lose_answer(FakeLedger& ledger, const net::HttpRequest& request) {
  static_cast<void>(ledger.answer(request));
  return NetErrc::closed;
}

void ignore(std::string_view /*task*/, const Error& /*error*/) {}

class SyncClient : public ::testing::Test {
 protected:
  ~SyncClient() override { stop(); }

  void start(ClientSettings settings = {}, bool archive = false) {
    Client::Box box{clock_, random_, journal_, uplink_, log_key_, ledger_.cosigner()};
    box.epochs = epochs_;
    box.archive = archive;
    client_ = std::make_unique<Client>(
        context_.get_executor(), std::move(box), [this] { return state_; },
        Client::Told{.reply = [this](const HeartbeatReply&, Instant) { ++replies_; },
                     .dead = [this](const std::string& why) { dead_ = why; },
                     .witness = {},
                     .office_forked = {}},
        settings);
    group_ = std::make_unique<TaskGroup>(context_.get_executor(), ignore);
    group_->spawn("sync", client_->run());
  }

  void stop() {
    if (!group_) return;
    group_->cancel();
    clock_.settle();
    group_.reset();
  }

  void add(std::size_t count) {
    journal_.add(count);
    if (client_) client_->notify();
  }

  asio::io_context context_;
  SimClock clock_{context_};
  test::SeededRandom random_;
  FakeJournal journal_;
  tlog::SigningKey log_key_{test::origin_of(1), tlog::KeyType::note, test::seed_of(1)};
  FakeLedger ledger_{log_key_.verifier()};
  ScriptedUplink uplink_{ledger_, clock_};
  Heartbeat state_;
  int replies_ = 0;
  std::string epochs_;  // certificates
  std::string dead_;    // why this log must not be appended to any more
  std::unique_ptr<Client> client_;
  std::unique_ptr<TaskGroup> group_;
};

TEST_F(SyncClient, SendsWhatIsDurableAndKeepsTheCosignedCheckpoint) {
  journal_.add(2500);
  start();
  clock_.run_for(10s);
  EXPECT_EQ(ledger_.lines, journal_.lines);
  EXPECT_EQ(ledger_.batches, 3);
  EXPECT_EQ(client_->status().lag(), 0U);
  EXPECT_EQ(client_->status().trouble, "");
  const auto note = journal_.cosigned().value();
  EXPECT_TRUE(tlog::cosigned_at(note, ledger_.cosigner()).has_value());
  EXPECT_EQ(tlog::open_checkpoint(note, log_key_.verifier()).value().size, 2500U);
}

// Found by the simulation: it asked itself without a pause whether company had come, for two
// seconds, and the box's loop stood still.
TEST_F(SyncClient, AnArchiveWaitsForNoCompanyAndHoldsUpNobody) {
  journal_.add(5);
  start({}, true);
  clock_.run_for(1s);
  EXPECT_EQ(ledger_.lines, journal_.lines);
  EXPECT_TRUE(client_->delivered());
  EXPECT_TRUE(group_->empty());
}

TEST_F(SyncClient, ACoinIsOnItsWaySecondsLaterAndABurstTravelsTogether) {
  start();
  clock_.run_for(10s);
  for (int i = 0; i < 8; ++i) {
    add(2);
    clock_.run_for(200ms);
  }
  clock_.run_for(2s);
  EXPECT_EQ(ledger_.lines.size(), 16U);
  EXPECT_EQ(ledger_.batches, 1);
}

TEST_F(SyncClient, ALostAnswerCostsOneResumeAndNothingTwice) {
  journal_.add(5);
  uplink_.batches = {lose_answer};
  start();
  clock_.run_for(2500ms);
  EXPECT_EQ(ledger_.lines.size(), 5U);
  EXPECT_EQ(journal_.cosigned_size(), 0U);
  EXPECT_NE(client_->status().trouble, "");
  add(2);
  clock_.run_for(10s);
  EXPECT_EQ(ledger_.lines, journal_.lines);
  EXPECT_EQ(journal_.cosigned_size(), 7U);
  EXPECT_EQ(client_->status().trouble, "");
  EXPECT_EQ(client_->status().alarm, "");
}

TEST_F(SyncClient, AConflictThatHoldsAllOfItStillFetchesTheCosignature) {
  journal_.add(5);
  ledger_.lines = journal_.lines;
  uplink_.batches = {reply(ResumeAt{5})};
  start();
  clock_.run_for(10s);
  EXPECT_EQ(journal_.cosigned_size(), 5U);
}

TEST_F(SyncClient, AConflictResumesWhereTheLedgerIs) {
  journal_.add(50);
  ledger_.lines.assign(journal_.lines.begin(), journal_.lines.begin() + 20);
  uplink_.batches = {reply(ResumeAt{20})};
  start();
  clock_.run_for(5s);
  EXPECT_EQ(ledger_.lines, journal_.lines);
  EXPECT_EQ(uplink_.batch_times.size(), 2U);
}

TEST_F(SyncClient, ADiskThatWentBackInTimeIsNeverSynced) {
  journal_.add(5);
  uplink_.batches = {reply(ResumeAt{9})};
  start();
  clock_.run_for(10min);
  EXPECT_TRUE(client_->status().stopped);
  EXPECT_NE(client_->status().alarm.find("went back in time"), std::string::npos);
  add(100);  // money keeps coming, and even past the ledger's size nothing is sent
  clock_.run_for(10min);
  EXPECT_EQ(uplink_.batch_times.size(), 1U);
  ASSERT_FALSE(ledger_.heartbeats.empty());
  EXPECT_NE(ledger_.heartbeats.back().alarm, "");
}

TEST_F(SyncClient, TheHeartbeatsAnswerTellsOfARollbackToo) {
  journal_.add(5);
  ledger_.lines.assign(9, "{}");
  start();
  clock_.run_for(1s);
  EXPECT_TRUE(client_->status().stopped);
  EXPECT_TRUE(uplink_.batch_times.empty());
}

TEST_F(SyncClient, AJournalShorterThanItsOwnCosignatureStopsAtOnce) {
  journal_.add(5);
  journal_.note_size = 6;
  start();
  clock_.settle();
  EXPECT_TRUE(client_->status().stopped);
  EXPECT_EQ(client_->status().lag(), 0U);
}

TEST_F(SyncClient, AForkIsAnAlarmAndEndsTheSyncOfThisLog) {
  journal_.add(5);
  ledger_.lines = {"{\"another\":\"history\"}"};
  start();
  clock_.run_for(10min);
  EXPECT_TRUE(client_->status().stopped);
  EXPECT_NE(client_->status().alarm.find("another history"), std::string::npos);
  EXPECT_EQ(uplink_.batch_times.size(), 1U);
  EXPECT_GT(replies_, 8);  // heartbeats go on
}

TEST_F(SyncClient, ALedgerThatForgotWhatItCosignedIsAnAlarmAndGetsItAgain) {
  journal_.add(5);
  start();
  clock_.run_for(5s);
  ASSERT_EQ(journal_.cosigned_size(), 5U);
  ledger_.lines.resize(2);
  add(1);
  clock_.run_for(5s);
  EXPECT_EQ(ledger_.lines, journal_.lines);
  EXPECT_NE(client_->status().alarm.find("had cosigned 5"), std::string::npos);
}

// Found by the simulation: of a box that nobody gave anything to, it would have been fetched never.
TEST_F(SyncClient, WhatALedgerForgotIsSentAgainAlsoByABoxWithNothingNew) {
  journal_.add(5);
  start();
  clock_.run_for(10s);
  ledger_.lines.resize(3);
  clock_.run_for(3min);
  EXPECT_EQ(ledger_.lines, journal_.lines);
  EXPECT_NE(client_->status().alarm, "");
}

TEST_F(SyncClient, ARevokedBoxAsksRarelyAndIsTakenBack) {
  journal_.add(5);
  const auto no = reply(Revoked{"stolen"});
  uplink_.heartbeats.assign(100, no);
  uplink_.always = no;
  start();
  clock_.run_for(1s);
  EXPECT_EQ(client_->status().alarm, "the ledger refuses this box: stolen");
  EXPECT_FALSE(client_->status().stopped);
  clock_.run_for(14min);
  EXPECT_EQ(100 - uplink_.heartbeats.size() + uplink_.batch_times.size(), 3U);
  EXPECT_EQ(client_->status().alarm, "the ledger refuses this box: stolen");
  uplink_.heartbeats.clear();
  uplink_.always = nullptr;
  clock_.run_for(6min);
  EXPECT_EQ(ledger_.lines, journal_.lines);
  EXPECT_EQ(client_->status().alarm, "");
}

// Found by the simulation: a log that the box had begun by itself stayed refused.
TEST_F(SyncClient, ALedgerRestoredFromBeforeALogWasBegunIsShownItsCertificateAgain) {
  epochs_ = "certificates";
  journal_.add(5);
  bool known = false;
  const ScriptedUplink::Step forgetful =
      [&known](FakeLedger& ledger, const net::HttpRequest& request) -> Result<net::HttpResponse> {
    if (request.target == kEpochsPath) {
      known = true;
      return net::HttpResponse{200, {}, "{}"};
    }
    if (known) return ledger.answer(request);
    return write_reply(Revoked{"not a log of this box"}, Version::two);
  };
  uplink_.heartbeats.assign(1000, forgetful);
  uplink_.always = forgetful;
  start();
  clock_.run_for(10s);
  EXPECT_EQ(journal_.cosigned_size(), 5U);
  known = false;
  add(2);
  clock_.run_for(11min);
  EXPECT_TRUE(known);
  EXPECT_EQ(ledger_.lines, journal_.lines);
  EXPECT_EQ(client_->status().alarm, "");
}

TEST_F(SyncClient, ALedgerOfTheVersionBeforeIsAskedAgainForTheNewOneLater) {
  journal_.add(5);
  bool old = true;
  std::vector<std::string> asked;
  uplink_.always = [&](FakeLedger& ledger,
                       const net::HttpRequest& request) -> Result<net::HttpResponse> {
    asked.push_back(request.target);
    if (old && request.target == kBatchPath) return net::HttpResponse{404, {}, ""};
    return ledger.answer(request);
  };
  start();
  clock_.run_for(1min);
  EXPECT_EQ(asked,
            (std::vector<std::string>{std::string(kBatchPath), std::string(kBatchPathOfVersion1)}));
  EXPECT_EQ(ledger_.lines, journal_.lines);
  old = false;
  add(1);
  clock_.run_for(50min);
  EXPECT_EQ(asked.back(), kBatchPathOfVersion1);
  clock_.run_for(10min);
  add(1);
  clock_.run_for(1min);
  EXPECT_EQ(asked.back(), kBatchPath);
  EXPECT_EQ(ledger_.lines, journal_.lines);
}

TEST_F(SyncClient, PausesDoubleToFiveMinutesWithJitter) {
  journal_.add(5);
  uplink_.always = status(500);
  start({.heartbeat_interval = 1000h});
  clock_.run_for(2h);
  const std::vector<Instant>& times = uplink_.batch_times;
  ASSERT_GT(times.size(), 20U);
  EXPECT_LT(times.size(), 60U);
  std::chrono::nanoseconds bound = 1s;
  for (std::size_t i = 1; i < times.size(); ++i) {
    EXPECT_GE(times[i] - times[i - 1], bound / 2) << i;
    EXPECT_LE(times[i] - times[i - 1], bound) << i;
    bound = std::min<std::chrono::nanoseconds>(bound * 2, 5min);
  }
  EXPECT_EQ(client_->status().trouble, "the ledger answered 500 ");
}

TEST_F(SyncClient, RetryAfterIsObeyedAndBounded) {
  journal_.add(5);
  uplink_.batches = {status(503, {{"retry-after", "60"}}), status(429, {{"retry-after", "80000"}})};
  start({.heartbeat_interval = 1000h});
  clock_.run_for(5h);
  ASSERT_EQ(uplink_.batch_times.size(), 3U);
  const auto first = uplink_.batch_times[1] - uplink_.batch_times[0];
  const auto second = uplink_.batch_times[2] - uplink_.batch_times[1];
  EXPECT_GE(first, 60s);
  EXPECT_LE(first, 76s);
  EXPECT_GE(second, 1h);
  EXPECT_LE(second, 76min);
  EXPECT_EQ(ledger_.lines, journal_.lines);
}

TEST_F(SyncClient, MonthsOfflineThenAllOfItArrives) {
  uplink_.down = true;
  uplink_.down_delay = 1s;
  start({.longest_backoff = 6h});
  for (int day = 0; day < 60; ++day) {
    add(20);
    clock_.run_for(24h);
  }
  EXPECT_EQ(client_->status().lag(), 1200U);
  EXPECT_NE(client_->status().trouble, "");
  EXPECT_EQ(client_->status().last_contact, std::nullopt);
  uplink_.down = false;
  clock_.run_for(7h);
  EXPECT_EQ(ledger_.lines, journal_.lines);
  EXPECT_EQ(client_->status().trouble, "");
}

TEST_F(SyncClient, OnASlowLinkBatchesShrinkAndGrowAgain) {
  journal_.add(1000);
  const auto slow = [](FakeLedger& ledger, const net::HttpRequest& request) {
    const auto batch = unpack(as_bytes(request.body)).value();
    if (batch.lines.size() > 100) return Result<net::HttpResponse>(AsyncErrc::timed_out);
    return Result<net::HttpResponse>(ledger.answer(request));
  };
  uplink_.always = slow;
  start();
  clock_.run_for(10min);
  EXPECT_EQ(ledger_.lines, journal_.lines);
}

TEST_F(SyncClient, NonsenseInEveryFormIsTroubleAndTheLogIsIntact) {
  journal_.add(5);
  FakeJournal other;
  other.add(5, "other");
  const tlog::Checkpoint foreign{test::origin_of(2), 5, journal_.root(5)};
  const tlog::SigningKey other_key(test::origin_of(2), tlog::KeyType::note, test::seed_of(2));
  const tlog::SigningKey false_cosigner("cosigner.example.org", tlog::KeyType::cosignature,
                                        test::seed_of(98));
  const auto ours = [&](std::uint64_t size, Hash root) {
    return tlog::sign_checkpoint({test::origin_of(1), size, root}, log_key_);
  };
  const std::vector<std::string> notes{
      "",
      "nonsense",
      std::string(100'000, 'x'),
      ours(5, journal_.root(5)),  // not cosigned
      tlog::cosign(ours(5, journal_.root(5)), false_cosigner, ledger_.time).value(),
      tlog::sign_checkpoint(foreign, other_key),  // another log's
      ours(4, journal_.root(4)),                  // not what was sent
      ours(5, other.root(5)),
  };
  for (const std::string& note : notes) uplink_.batches.push_back(status(200, {}, note));
  uplink_.batches.push_back(status(409, {{"content-type", "text/x.tlog.size"}}, "soon"));
  uplink_.batches.push_back(status(418));
  uplink_.batches.push_back(status(302, {{"location", "https://example.org/"}}));
  start();
  while (!uplink_.batches.empty()) {
    clock_.run_for(1s);
    ASSERT_EQ(journal_.cosigned_size(), 0U);
    ASSERT_FALSE(client_->status().stopped);
  }
  EXPECT_NE(client_->status().trouble, "");
  clock_.run_for(10min);
  EXPECT_EQ(ledger_.lines, journal_.lines);
  EXPECT_EQ(client_->status().trouble, "");
}

TEST_F(SyncClient, ALedgerThatSaysConflictForEverIsNotAskedWithoutPause) {
  journal_.add(50);
  uplink_.always = reply(ResumeAt{10});
  start();
  clock_.run_for(1h);
  EXPECT_LT(uplink_.batch_times.size(), 100U);
  uplink_.always = nullptr;
  clock_.run_for(10min);
  EXPECT_EQ(ledger_.lines, journal_.lines);
}

TEST_F(SyncClient, ARefusedHeartbeatDoesNotHoldUpTheLog) {
  journal_.add(5);
  uplink_.heartbeats.assign(1000, status(422));
  start();
  clock_.run_for(1min);
  EXPECT_EQ(ledger_.lines, journal_.lines);
  EXPECT_FALSE(client_->status().stopped);
}

TEST_F(SyncClient, AHeartbeatGoesEveryMinuteAndWhenTheStateChanges) {
  start();
  clock_.run_for(10min);
  EXPECT_EQ(ledger_.heartbeats.size(), 11U);
  state_.paper = "out";
  client_->notify();
  clock_.run_for(1s);
  ASSERT_EQ(ledger_.heartbeats.size(), 12U);
  EXPECT_EQ(ledger_.heartbeats.back().paper, "out");
  EXPECT_EQ(ledger_.heartbeats.back().origin, test::origin_of(1));
  add(2);
  clock_.run_for(10s);
  EXPECT_EQ(ledger_.heartbeats.size(), 12U);  // a coin is in the batch, not in a heartbeat
}

TEST_F(SyncClient, AStopInTheMiddleOfARequestEndsAtOnce) {
  journal_.add(5);
  uplink_.down = true;
  start();
  clock_.run_for(1s);
  const Instant before = clock_.now();
  stop();
  EXPECT_EQ(clock_.now(), before);
}

}  // namespace
}  // namespace yijuan::sync
