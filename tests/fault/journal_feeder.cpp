// Puts coins into a journal for a test that kills it.
//   journal_feeder free PATH    coins in bursts without end; "ack SEQ LEAF" for each durable one
//   journal_feeder check PATH   opens and verifies; the leaf of every entry, then "whole N"
#include <fmt/format.h>

#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "async/task_group.hpp"
#include "io/system_random.hpp"
#include "io/system_wall_clock.hpp"
#include "journal/errc.hpp"
#include "journal/sqlite_journal.hpp"
#include "tlog/leaf.hpp"

namespace yijuan {
namespace {

void say(const std::string& line) {
  fmt::print("{}\n", line);
  std::fflush(stdout);
}

class Feeder {
 public:
  explicit Feeder(std::string path) {
    options_.path = std::move(path);
    options_.origin = "ledger.example/box/market-1/0011aabb";
    options_.wal_bytes = 256 * 1024;
    options_.reserve_bytes = 64 * 1024;
    options_.most_frames = 24;  // a checkpoint after every eight coins
    options_.quiet = std::chrono::milliseconds(20);
    options_.quiet_frames = 8;
  }

  Result<void> open(bool create) {
    options_.create = create;
    auto opened = SqliteJournal::open(loop_.get_executor(), clock_, random_, options_);
    if (!opened) return opened.error();
    journal_ = std::move(*opened);
    return {};
  }

  /// Commits `count` coins at once; false after an error.
  bool coins(int count) {
    bool good = true;
    for (int i = 0; i < count; ++i) {
      const int counter = static_cast<int>(journal_->next_seq() % 255) + 1;
      auto ref = std::make_shared<EntryRef>();
      *ref = journal_
                 ->append({.bodies = {tlog::Cash{.device = "coin",
                                                 .serial = "example",
                                                 .counter = counter,
                                                 .amount = yuan(1),
                                                 .session = 1,
                                                 .terms = {.designation = "general", .unit = {}}}},
                           .marks = {{.device = "coin", .serial = "example", .counter = counter}}},
                          [ref, &good](Result<void> done) {
                            if (done) say(fmt::format("ack {} {}", ref->seq, to_hex(ref->leaf)));
                            good = good && done;
                          })
                 .front();
    }
    run();
    return good;
  }

  int check() {
    auto opened = open(false);
    if (!opened && opened.error() == make_error_code(JournalErrc::absent)) {
      say("absent");
      return 0;
    }
    auto checked = opened ? verify() : opened;
    if (!checked) {
      say(checked.error().message());
      return 1;
    }
    const auto read = journal_->for_each_line(0, [](Seq seq, std::string_view line) {
      fmt::print("entry {} {}\n", seq, to_hex(tlog::leaf_hash(line)));
    });
    const std::uint64_t size = journal_->head().size;
    if (read) say(fmt::format("whole {}", size));
    return read ? 0 : 1;
  }

 private:
  void run() {
    loop_.restart();
    loop_.run();
  }

  Result<void> verify() {
    Result<void> result;
    TaskGroup group(loop_.get_executor(),
                    [&result](std::string_view, const Error& error) { result = error; });
    group.spawn("verify", journal_->verify({}));
    run();
    return result;
  }

  JournalOptions options_;
  SystemWallClock clock_;
  SystemRandom random_;
  asio::io_context loop_;
  std::unique_ptr<SqliteJournal> journal_;
};

int feed_without_end(Feeder& feeder) {
  for (int burst = 1; feeder.coins(burst); burst = burst % 5 + 1) {
  }
  return 1;
}

int main_of(const std::vector<std::string>& arguments) {
  if (arguments.size() < 2) return 2;
  Feeder feeder(arguments[1]);
  if (arguments[0] == "check") return feeder.check();
  if (arguments[0] != "free") return 2;
  auto opened = feeder.open(true);
  if (!opened) {
    say(opened.error().message());
    return 1;
  }
  return feed_without_end(feeder);
}

}  // namespace
}  // namespace yijuan

int main(int count, char** arguments) {
  return yijuan::main_of({arguments + 1, arguments + count});
}
