// Facts of one acceptor on their way into the kiosk's queue. While the queue is full they wait
// here, in order, and the driver keeps the acceptor inhibited: nothing is dropped that concerns
// money.
#pragma once

#include <deque>

#include "ports/device_fact.hpp"

namespace yijuan {

class Outbox {
 public:
  explicit Outbox(DeviceFacts& facts) : facts_(facts) {}

  void put(DeviceFact fact);
  /// Hands over what the queue has room for.
  void flush();
  /// Waits until all is handed over.
  Task<void> drain();
  [[nodiscard]] bool holding() const { return !waiting_.empty(); }
  /// The kiosk has taken everything there was, and it is durable.
  [[nodiscard]] bool settled() const { return waiting_.empty() && facts_.settled(); }

 private:
  bool merge(const DeviceFact& fact);

  DeviceFacts& facts_;
  std::deque<DeviceFact> waiting_;
};

}  // namespace yijuan
