// A box's journal in a directory of its own, with a clock and a generator that tests control.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <fstream>

#include "journal/errc.hpp"
#include "journal/sqlite_journal.hpp"
#include "tests/support/disk/sim_disk.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tlog/entry_line.hpp"
#include "tlog/frontier.hpp"
#include "tlog/leaf.hpp"

namespace yijuan::test {

class SetWallClock : public WallClock {
 public:
  [[nodiscard]] WallReading now() const override { return reading; }
  [[nodiscard]] std::string boot_id() const override { return "00112233445566aa"; }
  [[nodiscard]] Uptime uptime() const override { return up; }

  WallReading reading{*parse_rfc3339("2026-10-17T01:02:03.004Z"), ClockQuality::stored};
  Uptime up{1000};
};

class CountingRandom : public Random {
 public:
  void fill(std::span<std::uint8_t> bytes) override {
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(next_++ * 37);
  }

 private:
  unsigned next_ = 1;
};

inline tlog::Cash coin(int counter) {
  return {.device = "coin",
          .serial = "示例",
          .counter = counter % 255 + 1,
          .amount = yuan(1),
          .session = 1,
          .terms = {.designation = "general", .unit = {}}};
}

inline Append coin_append(int counter) {
  return {.bodies = {coin(counter)},
          .marks = {{.device = "coin", .serial = "示例", .counter = counter % 255 + 1}}};
}

class JournalTest : public ::testing::Test {
 protected:
  JournalTest() {
    options_.path = (directory_.path() / "journal.db").string();
    options_.origin = "ledger.example/box/market-1/0011aabb";
    options_.create = true;
    options_.wal_bytes = 64 * 1024;
    options_.reserve_bytes = 16 * 1024;
  }

  /// The journal is on this disk from now on.
  void use(SimDisk& disk) {
    options_.path = "/box/journal.db";
    options_.vfs = disk.vfs();
    options_.disk = &disk;
  }

  Result<void> try_open() {
    journal_.reset();
    auto opened = SqliteJournal::open(loop_.get_executor(), clock_, random_, options_);
    if (!opened) return opened.error();
    journal_ = std::move(*opened);
    return {};
  }
  void open() {
    auto opened = try_open();
    ASSERT_TRUE(opened) << opened.error().message();
  }
  void close() { journal_.reset(); }

  /// Appends and waits for its `done`.
  Result<void> commit(Append append) {
    std::optional<Result<void>> result;
    journal_->append(std::move(append), [&result](Result<void> done) { result = std::move(done); });
    loop_.restart();
    while (!result && loop_.run_one() > 0) {
    }
    if (!result) return JournalErrc::stopped;
    return std::move(*result);
  }
  void commit_coins(int count) {
    for (int i = 0; i < count; ++i) {
      auto done = commit(coin_append(i));
      ASSERT_TRUE(done) << done.error().message();
    }
  }
  Result<void> verify() { return run_task(loop_, journal_->verify({})); }
  std::vector<std::string> lines() {
    std::vector<std::string> all;
    const auto read =
        journal_->for_each_line(0, [&all](Seq, std::string_view line) { all.emplace_back(line); });
    EXPECT_TRUE(read) << read.error().message();
    return all;
  }

  TemporaryDirectory directory_;
  JournalOptions options_;
  SetWallClock clock_;
  CountingRandom random_;
  asio::io_context loop_;
  std::unique_ptr<SqliteJournal> journal_;
};

/// The root that the lines give, by the log's own rules.
inline Hash root_of(const std::vector<std::string>& lines) {
  tlog::Frontier frontier;
  for (const std::string& line : lines) frontier.append(tlog::leaf_hash(line));
  return frontier.root();
}

}  // namespace yijuan::test
