// Takes what the loop queued, commits all of it in one transaction, reports, and checkpoints when
// nobody waits: on a thread of its own, or where JournalOptions::executor says.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "journal/options.hpp"
#include "journal/writer.hpp"
#include "ports/journal.hpp"

namespace yijuan::journal {

class Committer {
 public:
  struct Item {
    Commit commit;
    Journal::Done done;
    boost::asio::any_io_executor work;  // keeps the loop running until `done` was called
  };
  /// What became of the oldest items, in their order; none after idle work that has news.
  struct Outcome {
    std::vector<Item> items;
    Result<void> result;
    std::optional<LogHead> head;  // if it grew
    bool disk_full = false;
  };
  /// Called where the commits run.
  using Report = std::function<void(Outcome)>;

  Committer(std::unique_ptr<Writer> writer, const JournalOptions& options, Report report);
  /// Commits what is queued, checkpoints, closes.
  ~Committer();
  Committer(const Committer&) = delete;
  Committer& operator=(const Committer&) = delete;

  void push(Item item);
  /// Written when nobody waits.
  void keep(Cosigned cosigned);
  void keep(JournalSnapshot snapshot);

 private:
  struct Kept {
    std::optional<Cosigned> cosigned;
    std::optional<JournalSnapshot> snapshot;
    [[nodiscard]] bool any() const { return cosigned.has_value() || snapshot.has_value(); }
  };

  // On the thread.
  void run();
  /// The queued items; none when it is time for idle work, or at the end.
  std::vector<Item> take();
  // On the executor.
  void turn();
  void post_turn(std::chrono::nanoseconds delay);
  // On either.
  void wake();
  void commit(std::vector<Item> items);
  void idle_work(bool ending);
  void put_off(Kept kept);
  void fail(const Error& error);
  [[nodiscard]] bool has_idle_work() const;

  std::unique_ptr<Writer> writer_;
  const JournalOptions options_;
  const Report report_;
  std::optional<Error> failed_;  // of whoever commits

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Item> queue_;
  Kept kept_;
  bool ending_ = false;
  bool commit_posted_ = false;  // on the executor
  // Of the turn posted last: older ones do nothing, nor does one after our end.
  std::shared_ptr<std::uint64_t> turns_ = std::make_shared<std::uint64_t>(0);
  std::thread thread_;  // last: everything else is there when it starts
};

}  // namespace yijuan::journal
