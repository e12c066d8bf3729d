// The lock's solenoid on an output line: off from the first moment, and one short pulse at a time.
//
// The invariant: the line is never on for longer than the pulse, whether the loop stands still or
// the one who asked is cancelled (OutputLine::pulse ends by itself), and rests after each.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

#include "async/event.hpp"
#include "ports/driver.hpp"
#include "ports/line.hpp"

namespace yijuan::contacts {

struct LockSettings {
  std::chrono::milliseconds pulse{300};
  bool active_high = true;
};

class Lock {
 public:
  /// `tell` hears why the line is not there, or nothing once it is.
  using Tell = std::function<void(const std::optional<Error>& error)>;

  Lock(LockSettings settings, std::unique_ptr<OutputLineSource> source, DriverContext context)
      : settings_(settings),
        source_(std::move(source)),
        context_(std::move(context)),
        lost_(context_.executor) {}

  /// Opens the line, and again after each failure, until cancelled; leaves it off.
  Task<void> keep(Tell tell);
  /// One pulse.
  Task<void> open();

 private:
  LockSettings settings_;
  std::unique_ptr<OutputLineSource> source_;
  DriverContext context_;
  Event lost_;
  std::shared_ptr<OutputLine> line_;  // null: not there
  std::optional<Instant> rest_until_;
};

}  // namespace yijuan::contacts
