// What takes money, coin by coin or note by note: reports facts, takes one command.
//
// Contract: events are reported in the device's order, each exactly once per device memory; a
// report waits in the driver while the queue is full, and the device is inhibited meanwhile; on
// cancellation run() inhibits the device and drains it before it returns (shielded, with its own
// short deadline).
#pragma once

#include "ports/device_fact.hpp"

namespace yijuan {

class CashAcceptor {
 public:
  virtual ~CashAcceptor() = default;

  /// Opens, identifies, configures, polls, and begins again after every failure, until cancelled.
  virtual Task<void> run() = 0;
  /// Whether money should be taken from now on. Starts as false. Takes effect at the next poll.
  virtual void accept(bool wanted) = 0;
  /// Whether the device takes money now, as it last confirmed.
  [[nodiscard]] virtual bool open() const = 0;
};

}  // namespace yijuan
