// A ledger's store in a folder of its own, with one box, and what tests ask of it again and again.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>

#include "ledger/ingest.hpp"
#include "ledger/store/sqlite/sqlite_store.hpp"
#include "tests/support/box_log.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tlog/checkpoint.hpp"
#include "tlog/cosignature.hpp"

namespace yijuan::ledger {

class LedgerFixture : public ::testing::Test {
 protected:
  LedgerFixture() {
    open();
    enrol(log);
  }

  void open() {
    store.reset();
    auto opened = SqliteStore::open({.path = (folder / "ledger.db").string(), .make = true});
    ASSERT_TRUE(opened.has_value()) << opened.error().message();
    store = *std::move(opened);
  }
  void enrol(const test::BoxLog& box) {
    LogState state;
    state.origin = box.origin();
    state.box = box.box();
    state.vkey = box.key().verifier().text();
    const auto done =
        store->add_box({.id = box.box(), .status = BoxStatus::active, .since = now}, state);
    ASSERT_TRUE(done.has_value()) << done.error().message();
  }
  Result<Checked> check(const sync::Batch& batch) {
    return check_batch({.store = *store, .cosigner = cosigner}, log.box(), batch, now);
  }
  /// Checks, and stores what is to be stored, as the daemon does.
  sync::BatchReply send(const sync::Batch& batch) {
    auto checked = check(batch);
    EXPECT_TRUE(checked.has_value()) << checked.error().message();
    if (const auto* answer = std::get_if<Answer>(&*checked)) return told(*answer);
    if (const auto* doubt = std::get_if<Doubt>(&*checked)) {
      if (doubt->alarm) EXPECT_TRUE(store->raise(*doubt->alarm).has_value());
      EXPECT_TRUE(store->set_floor(doubt->log).value());
      return send(batch);
    }
    if (const auto* forking = std::get_if<Forking>(&*checked)) {
      if (forking->opened) EXPECT_TRUE(store->add_log(*forking->opened).has_value());
      append(forking->appending);
      return told(forking->answer);
    }
    const auto& appending = std::get<Appending>(*checked);
    append(appending);
    if (appending.next.floor) return sync::Stored{appending.next.size()};
    return sync::Cosigned{appending.next.note};
  }
  void append(const Appending& appending) {
    const auto appended = store->append(appending);
    EXPECT_TRUE(appended.has_value() && *appended == Appended::done);
  }
  sync::BatchReply told(const Answer& answer) {
    if (answer.alarm) EXPECT_TRUE(store->raise(*answer.alarm).has_value());
    return answer.reply;
  }
  LogState state() {
    auto found = store->log(log.origin());
    EXPECT_TRUE(found.has_value() && found->has_value());
    return **found;
  }
  std::vector<Alarm> alarms() { return *store->alarms(); }
  std::vector<RollupRow> rollups() {
    return *store->rollups(std::chrono::year(1970) / 1 / 1, std::chrono::year(9999) / 12 / 31);
  }

  test::TemporaryDirectory directory;
  const std::filesystem::path folder = directory.path();
  std::unique_ptr<LedgerStore> store;
  test::BoxLog log{"market-01"};
  tlog::SigningKey cosigner{"ledger.example/cosigner", tlog::KeyType::cosignature, tlog::Seed{9}};
  WallTime now = *parse_rfc3339("2026-10-17T08:00:00.000Z");
};

template <class Reply>
bool is(const sync::BatchReply& reply) {
  return std::holds_alternative<Reply>(reply);
}

}  // namespace yijuan::ledger
