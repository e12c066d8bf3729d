// A thread for work that blocks, fed from the loop (or an executor given instead, in a simulation):
// what waits in its queue runs in order, and its result comes back to the loop. A task that is
// cancelled still waits for work that it handed over: a commit that runs cannot be called back.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <memory>
#include <optional>

#include "async/event.hpp"
#include "async/executor.hpp"
#include "async/task.hpp"

namespace yijuan::ledger {

class Worker {
 public:
  template <class T>
  struct Job {
    explicit Job(const asio::any_io_executor& loop) : done(loop) {}
    Event done;
    std::optional<Result<T>> result;
  };

  /// `executor`: outlives the worker; null for a thread.
  explicit Worker(asio::any_io_executor loop, Executor* executor = nullptr)
      : loop_(std::move(loop)), executor_(executor) {
    if (executor_ == nullptr) thread_.emplace(1);
  }
  /// Finishes what is queued on its thread. REQUIRES: the loop still exists.
  ~Worker() {
    if (thread_) thread_->join();
  }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Queues `work`, a function without arguments that returns Result<T>.
  template <class T, class Work>
  std::shared_ptr<Job<T>> start(Work work) {
    auto job = std::make_shared<Job<T>>(loop_);
    auto doing = [job, loop = loop_, work = std::move(work)]() mutable {
      job->result.emplace(work());
      asio::post(loop, [job = std::move(job)] { job->done.set(); });
    };
    if (executor_ == nullptr) {
      asio::post(*thread_, std::move(doing));
    } else {
      executor_->post(std::move(doing));
    }
    return job;
  }
  template <class T, class Work>
  Task<T> run(Work work) {
    const auto job = start<T>(std::move(work));
    co_await job->done.wait_shielded();
    co_return std::move(*job->result);
  }

 private:
  asio::any_io_executor loop_;
  Executor* executor_;
  std::optional<asio::thread_pool> thread_;
};

}  // namespace yijuan::ledger
