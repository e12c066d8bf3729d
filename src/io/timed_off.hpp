// Keeps a pulse to its length even if the loop stands still: a thread of its own ends it. For
// outputs that do harm when they stay on, such as the solenoid of a lock.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include "base/result.hpp"

namespace yijuan {

class TimedOff {
 public:
  /// `write` sets the wire's level; it is called on this object's thread too, never twice at once.
  explicit TimedOff(std::function<Result<void>(bool)> write) : write_(std::move(write)) {}
  ~TimedOff();
  TimedOff(const TimedOff&) = delete;
  TimedOff& operator=(const TimedOff&) = delete;

  Result<void> set(bool high);
  /// The thread stands ready before the wire is touched.
  Result<void> pulse(bool high, std::chrono::milliseconds length);

 private:
  struct Pulse {
    bool high = false;
    std::chrono::steady_clock::time_point until;
    bool told = false;  // that its end failed
  };
  void watch();
  Result<void> end_pulse();
  void end_or_try_again();

  std::function<Result<void>(bool)> write_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<Pulse> pulse_;
  bool ending_ = false;
  std::thread thread_;  // from the first pulse on
};

}  // namespace yijuan
