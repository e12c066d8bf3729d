// The box's contacts (door, tilt, box full …) and its lock. Contacts are reported as
// ContactChanged: each once at the start, then after every change that outlasts the debounce.
#pragma once

#include "ports/device_fact.hpp"

namespace yijuan {

class Door {
 public:
  virtual ~Door() = default;

  /// Watches the contacts until cancelled; a lost line is a DeviceState and is opened again.
  virtual Task<void> run() = 0;
  /// Whether the door has a lock that unlock() moves; without one a key opens it.
  [[nodiscard]] virtual bool has_lock() const = 0;
  /// One pulse to the lock, never longer than its hard time limit, whatever else happens. An error
  /// where there is no lock or its line fails.
  virtual Task<void> unlock() = 0;
};

}  // namespace yijuan
