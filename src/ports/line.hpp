// Single wires: a level that changes (a switch, a coin acceptor's pulses) and a level that is set
// (a lock, an inhibit). Implementations: io/gpio, io/modem_lines, io/pipe_line.
//
// "High" is the wire's own level, asserted for a serial control line; what it means is the
// driver's. After an error the owner drops the line and opens it again.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "async/clock.hpp"
#include "base/result.hpp"

namespace yijuan {

/// From `at` on the wire is at `high`. The time is the kernel's where it tells one, on the base of
/// the Clock that the line was opened with; it never lies after the moment of reading. Two edges
/// to the same level in a row: what was between them was too short to be seen.
struct LineEdge {
  bool high = false;
  Instant at{};
  friend bool operator==(const LineEdge&, const LineEdge&) = default;
};
struct LineEvents {
  std::vector<LineEdge> edges;  // oldest first
  bool lost = false;            // more happened than could be kept
};

class InputLine {
 public:
  virtual ~InputLine() = default;
  /// The level now. Does not wait.
  virtual Result<bool> level() = 0;
  /// Waits until something happened since the last call, or since the opening.
  virtual Task<LineEvents> wait() = 0;
};

/// What a wire without a driver at its other end rests at.
enum class LineBias { as_is, pull_up, pull_down, off };

class InputLineSource {
 public:
  virtual ~InputLineSource() = default;
  /// Does not wait.
  virtual Result<std::unique_ptr<InputLine>> open() = 0;
  /// As written in the configuration, for messages: "gpio:gpiochip0/17".
  [[nodiscard]] virtual std::string name() const = 0;
  /// How far two edges may lie apart without both being seen; zero where the kernel tells each.
  [[nodiscard]] virtual std::chrono::nanoseconds blind_for() const { return {}; }
};

class OutputLine {
 public:
  virtual ~OutputLine() = default;
  /// Does not wait. Ends a pulse that is under way.
  virtual Result<void> set(bool high) = 0;
  /// Sets `high`, and the opposite after `length` even if the loop stands still or this object is
  /// forgotten; its destruction ends the pulse at once. Does not wait.
  virtual Result<void> pulse(bool high, std::chrono::milliseconds length) = 0;
};

class OutputLineSource {
 public:
  virtual ~OutputLineSource() = default;
  /// Opens the line with `high` set from the first moment. Does not wait.
  virtual Result<std::unique_ptr<OutputLine>> open(bool high) = 0;
  [[nodiscard]] virtual std::string name() const = 0;
};

}  // namespace yijuan
