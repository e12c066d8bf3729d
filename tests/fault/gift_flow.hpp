// A box's life on a simulated disk, small enough to break at every call of it: first start, coins,
// gifts, a slip, checkpoints, a stop, a second start that goes on. The box and its journal are the
// real ones; the coin acceptor is a memory of coins and of the number of the newest, as a real one
// has. What the box promised meanwhile is kept, to be held against what the disk has afterwards.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "journal/sqlite_journal.hpp"
#include "tests/kiosk/box_fixture.hpp"
#include "tests/support/disk/sim_disk.hpp"
#include "tests/support/seeded_random.hpp"

namespace yijuan::fault {

/// What a donor, a slip holder or a ledger could hold against the box.
struct Promises {
  std::map<Seq, Hash> acknowledged;       // entries that were said to be durable
  std::map<Seq, std::set<Hash>> written;  // and all that were handed to the journal
  std::map<int, std::int64_t> coins;      // by their number: accepted, so in the box
  std::set<Hash> snapshots;               // of their text; handed to the journal
  std::vector<std::string> broken;        // promises broken while it ran: nothing, if all is well
  bool cut_off = false;                   // it ended before it could say all that it wrote
};

/// From the first to the last of the disk's calls in which the box was open for gifts.
struct FlowWork {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
};

enum class FlowEnd {
  whole,
  refused,    // the journal was not opened
  failed,     // while it ran: the box noticed, or was stopped
  went_back,  // opened, shorter than what was acknowledged: the ledger will say so
};

class GiftFlow {
 public:
  GiftFlow(test::SimDisk& disk, Promises& promises);
  /// On this machine's own disk. `told`: after each of the promises, before anybody else knows.
  GiftFlow(JournalOptions options, Promises& promises, std::function<void()> told);

  /// Lives two lives, or as long as the disk lets it. `stop_when_struck`: ends abruptly after the
  /// step in which the disk's plan struck.
  FlowEnd run(bool stop_when_struck = false);
  /// The first life without its stop: its process ends, and all is in the WAL.
  FlowEnd run_into_the_wal();
  /// One short life more: what the acceptor still knows is taken up, one coin and a stop.
  FlowEnd go_on();

  /// The last error, of opening or running.
  [[nodiscard]] const std::string& error() const { return error_; }
  /// Whether the box ran, and noticed that its journal failed.
  [[nodiscard]] bool noticed() const { return noticed_; }
  /// Of the lives that came so far.
  [[nodiscard]] const std::vector<FlowWork>& work() const { return work_; }

  static JournalOptions options(test::SimDisk& disk);
  /// The same, on this machine's own disk; without a path.
  static JournalOptions small_options();

 private:
  class Life;
  static void give(Life& life);
  template <class Steps>
  FlowEnd live(const Steps& steps);

  [[nodiscard]] bool struck() const { return disk_ != nullptr && disk_->struck(); }
  [[nodiscard]] std::uint64_t calls() const { return disk_ == nullptr ? 0 : disk_->count({}); }

  test::SimDisk* disk_;
  JournalOptions options_;
  Promises& promises_;
  std::function<void()> told_ = [] {};
  std::string error_;
  std::vector<FlowWork> work_;
  bool noticed_ = false;
  bool stop_when_struck_ = false;
};

}  // namespace yijuan::fault
