// A queue between tasks of one loop that holds at most `capacity` items. Full means: the producer
// waits or stops its source; nothing is ever dropped. One consumer.
//
// Asio's own channel of Boost 1.81 loses try_send after a cancelled receive, hence this one. Not
// for use between threads.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/this_coro.hpp>
#include <cstddef>
#include <deque>

#include "async/event.hpp"
#include "async/task.hpp"

namespace yijuan {

template <class T>
class BoundedQueue {
 public:
  BoundedQueue(const asio::any_io_executor& executor, std::size_t capacity)
      : capacity_(capacity), changed_(executor), space_(executor) {}

  [[nodiscard]] bool full() const { return items_.size() >= capacity_; }
  [[nodiscard]] std::size_t size() const { return items_.size(); }

  /// The consumer says whether it still works on what it took: until the disk has it, say.
  void set_working(bool working) { working_ = working; }
  /// Nothing waits, and nothing taken is worked on.
  [[nodiscard]] bool settled() const { return items_.empty() && !working_; }

  /// False, and `item` untouched, if the queue is full.
  [[nodiscard]] bool try_push(T&& item) {
    if (full()) return false;
    items_.push_back(std::move(item));
    changed_.set();
    return true;
  }

  /// Waits for space; AsyncErrc::cancelled if cancelled, and then nothing is queued.
  Task<void> push(T item) {
    while (full()) {
      space_.clear();
      auto waited = co_await space_.wait();
      if (!waited) co_return waited.error();
    }
    items_.push_back(std::move(item));
    changed_.set();
    co_return Result<void>();
  }

  /// Waits for an item; AsyncErrc::cancelled if cancelled, and then nothing is taken. Items that
  /// are there are handed out even to a cancelled consumer, so it can drain the queue.
  Task<T> pop() {
    while (items_.empty()) {
      changed_.clear();
      auto waited = co_await changed_.wait();
      if (!waited) co_return waited.error();
    }
    T item = std::move(items_.front());
    items_.pop_front();
    space_.set();
    co_return Result<T>(std::move(item));
  }

 private:
  std::size_t capacity_;
  bool working_ = false;
  std::deque<T> items_;
  Event changed_;
  Event space_;
};

}  // namespace yijuan
