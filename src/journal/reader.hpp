// Reads of durable entries on a thread (or where JournalOptions::executor says) and a read-only
// connection of their own: neither the loop nor a coin's commit waits for them.
#pragma once

#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <optional>

#include "async/executor.hpp"
#include "async/task.hpp"
#include "journal/database.hpp"
#include "tlog/frontier.hpp"

namespace yijuan::journal {

class Reader {
 public:
  template <class T>
  using Job = std::function<Result<T>(Database&)>;

  /// `executor`: null for a thread.
  Reader(Database database, Executor* executor)
      : database_(std::move(database)), executor_(executor) {
    if (executor_ == nullptr) thread_.emplace(1);
  }
  /// Waits for the job that runs. REQUIRES: none on an executor.
  ~Reader() {
    if (thread_) thread_->join();
  }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  /// Runs `job` on the reader's thread, one after the other. Not cancelled: a job is short.
  template <class T>
  Task<T> run(Job<T> job) {
    auto result = co_await asio::async_initiate<const asio::use_awaitable_t<>, void(Result<T>)>(
        Start<T>{this}, asio::use_awaitable, std::move(job));
    co_return result;
  }

  /// Root of the first `size` entries, for a job. Goes on from the size asked for last.
  Result<Hash> root_at(Database& database, std::uint64_t size);

 private:
  template <class T>
  struct Start {
    Reader* reader;

    template <class Handler>
    void operator()(Handler handler, Job<T> job) const {
      auto work = asio::make_work_guard(asio::get_associated_executor(handler));
      auto read = [reader = reader, handler = std::move(handler), job = std::move(job),
                   work = std::move(work)]() mutable {
        auto finish = [handler = std::move(handler), result = job(reader->database_)]() mutable {
          std::move(handler)(std::move(result));
        };
        asio::post(work.get_executor(), std::move(finish));
      };
      if (reader->executor_ == nullptr) {
        asio::post(*reader->thread_, std::move(read));
      } else {
        reader->executor_->post(std::move(read));
      }
    }
  };

  Database database_;
  Executor* executor_;
  tlog::Frontier seen_;  // of the jobs
  std::optional<asio::thread_pool> thread_;
};

/// Lines from `first` up to `end`, at most `max_lines` and about `max_bytes`; at least one.
Result<std::vector<std::string>> read_lines(Database& database, std::uint64_t first,
                                            std::uint64_t end, std::size_t max_lines,
                                            std::size_t max_bytes);

}  // namespace yijuan::journal
