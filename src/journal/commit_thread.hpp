// The journal's own thread: takes what the loop queued, commits all of it in one transaction,
// reports, and checkpoints when nobody waits.
#pragma once

#include <boost/asio/any_io_executor.hpp>
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

class CommitThread {
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
  /// Called on the thread.
  using Report = std::function<void(Outcome)>;

  CommitThread(std::unique_ptr<Writer> writer, const JournalOptions& options, Report report);
  /// Commits what is queued, checkpoints, closes.
  ~CommitThread();
  CommitThread(const CommitThread&) = delete;
  CommitThread& operator=(const CommitThread&) = delete;

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

  void run();
  /// The queued items; none when it is time for idle work, or at the end.
  std::vector<Item> take();
  void commit(std::vector<Item> items);
  void idle_work(bool ending);
  void put_off(Kept kept);
  void fail(const Error& error);
  [[nodiscard]] bool has_idle_work() const;

  std::unique_ptr<Writer> writer_;
  const JournalOptions options_;
  const Report report_;
  std::optional<Error> failed_;  // the thread's own

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Item> queue_;
  Kept kept_;
  bool ending_ = false;
  std::thread thread_;  // last: everything else is there when it starts
};

}  // namespace yijuan::journal
