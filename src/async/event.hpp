// A flag that tasks of one loop can wait for. Not for use between threads.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "async/task.hpp"

namespace yijuan {

class Event {
 public:
  explicit Event(const asio::any_io_executor& executor);

  [[nodiscard]] bool is_set() const { return set_; }
  /// Wakes everyone who waits now, also if the flag is cleared again before they run.
  void set();
  void clear() { set_ = false; }
  /// Returns at once if set. AsyncErrc::cancelled if the task was or is cancelled; the flag stays.
  Task<void> wait();
  /// Waits even though the task was or is cancelled: only for what is certain to happen.
  asio::awaitable<void> wait_shielded();

 private:
  bool set_ = false;
  asio::steady_timer timer_;  // never expires: cancelling it wakes the waiters
};

}  // namespace yijuan
