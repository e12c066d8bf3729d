#include "journal/committer.hpp"

#include <pthread.h>

#include <algorithm>
#include <utility>

#include "async/executor.hpp"
#include "base/log.hpp"

namespace yijuan::journal {

Committer::Committer(std::unique_ptr<Writer> writer, const JournalOptions& options, Report report)
    : writer_(std::move(writer)), options_(options), report_(std::move(report)) {
  if (options_.executor == nullptr) thread_ = std::thread([this] { run(); });
}

Committer::~Committer() {
  {
    const std::scoped_lock lock(mutex_);
    ending_ = true;
  }
  if (options_.executor != nullptr) {
    if (!queue_.empty()) commit(std::exchange(queue_, {}));
    idle_work(true);
    return;
  }
  changed_.notify_one();
  thread_.join();
}

void Committer::push(Item item) {
  {
    const std::scoped_lock lock(mutex_);
    queue_.push_back(std::move(item));
  }
  wake();
}

void Committer::keep(Cosigned cosigned) {
  {
    const std::scoped_lock lock(mutex_);
    kept_.cosigned = std::move(cosigned);
  }
  wake();
}

void Committer::keep(JournalSnapshot snapshot) {
  {
    const std::scoped_lock lock(mutex_);
    kept_.snapshot = std::move(snapshot);
  }
  wake();
}

void Committer::wake() {
  if (options_.executor == nullptr) return changed_.notify_one();
  if (!queue_.empty()) {
    if (!std::exchange(commit_posted_, true)) post_turn({});
  } else if (has_idle_work()) {
    post_turn(options_.quiet);
  }
}

void Committer::post_turn(std::chrono::nanoseconds delay) {
  const std::uint64_t number = ++*turns_;
  const std::weak_ptr<std::uint64_t> newest = turns_;
  options_.executor->post(
      [this, newest, number] {
        const auto alive = newest.lock();
        if (alive && *alive == number) turn();
      },
      delay);
}

// One round of what run() does for ever.
void Committer::turn() {
  commit_posted_ = false;
  if (queue_.empty()) {
    idle_work(false);
  } else {
    commit(std::exchange(queue_, {}));
  }
  wake();
}

void Committer::run() {
  pthread_setname_np(pthread_self(), "journal");
  while (true) {
    std::vector<Item> items = take();
    if (!items.empty()) {
      commit(std::move(items));
      continue;
    }
    const bool ending = [this] {
      const std::scoped_lock lock(mutex_);
      return ending_ && queue_.empty();
    }();
    idle_work(ending);
    if (ending) return;
  }
}

std::vector<Committer::Item> Committer::take() {
  std::unique_lock lock(mutex_);
  const auto wanted = [this] { return !queue_.empty() || ending_; };
  // Not Clock's time: this thread is no task of the loop, and nothing depends on how long it waits.
  while (!wanted()) {
    if (!has_idle_work()) {
      changed_.wait(lock);
    } else if (!changed_.wait_for(lock, options_.quiet, wanted)) {
      return {};
    }
  }
  return std::exchange(queue_, {});
}

bool Committer::has_idle_work() const {
  return !failed_ &&
         (kept_.any() || writer_->disk_full() || writer_->frames() >= options_.quiet_frames);
}

void Committer::commit(std::vector<Item> items) {
  Outcome outcome;
  std::vector<Commit> commits;
  for (Item& item : items) {
    if (!item.commit.lines.empty() || !item.commit.marks.empty()) {
      commits.push_back(std::move(item.commit));
    }
  }
  if (failed_) {
    outcome.result = Error(JournalErrc::stopped, failed_->message());
  } else if (!commits.empty()) {
    const std::uint64_t before = writer_->frontier().size();
    outcome.result = writer_->commit(commits);
    if (!outcome.result) fail(outcome.result.error());
    if (writer_->frontier().size() != before) {
      outcome.head = LogHead{writer_->frontier().size(), writer_->frontier().root()};
    }
  }
  outcome.items = std::move(items);
  outcome.disk_full = writer_->disk_full();
  report_(std::move(outcome));
  // A crowd without a pause: the WAL must not grow for ever.
  if (!failed_ && writer_->frames() >= options_.most_frames) idle_work(false);
}

void Committer::idle_work(bool ending) {
  if (failed_) return;
  Kept kept;
  {
    // A snapshot is of entries queued before it, and must not be durable before they are.
    const std::scoped_lock lock(mutex_);
    if (queue_.empty()) kept = std::exchange(kept_, {});
  }
  const bool was_full = writer_->disk_full();
  Result<void> done;
  if (kept.any()) done = writer_->keep(kept.cosigned, kept.snapshot);
  const int enough = ending ? 2 : std::min(options_.quiet_frames, options_.most_frames);
  if (done && writer_->frames() >= enough) {
    done = writer_->checkpoint();
  }
  const bool no_room = !done && done.error() == make_error_code(JournalErrc::disk_full);
  if (no_room) {
    put_off(std::move(kept));  // the entries are safe in the WAL: tried again when there is room
  } else if (!done) {
    fail(done.error());
    report_({.items = {}, .result = done, .head = {}, .disk_full = writer_->disk_full()});
    return;
  }
  if (was_full && !no_room && !ending) writer_->refill_reserve();
  if (was_full != writer_->disk_full()) {
    report_({.items = {}, .result = {}, .head = {}, .disk_full = writer_->disk_full()});
  }
}

void Committer::put_off(Kept kept) {
  const std::scoped_lock lock(mutex_);
  if (!kept_.cosigned) kept_.cosigned = std::move(kept.cosigned);
  if (!kept_.snapshot) kept_.snapshot = std::move(kept.snapshot);
}

void Committer::fail(const Error& error) {
  log_error("journal", error.message());
  failed_ = error;
}

}  // namespace yijuan::journal
