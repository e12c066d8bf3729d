// A simulated note acceptor for the suites of cash acceptors and of note acceptors. A driver plugs
// in with one file, cash_NAME_test.cpp, that instantiates both.
#pragma once

#include "tests/conformance/cash_acceptor_conformance.hpp"

namespace yijuan::conformance {

class NoteMachine : public Machine {
 public:
  /// One that the fake states: what begins it and what ends it.
  struct Fault {
    std::string name;
    std::function<void()> begin;
    std::function<void()> end;
  };

  /// A note is held in the device, and nothing was decided about it.
  [[nodiscard]] virtual bool waits() const = 0;
  /// Notes that were drawn in and went back, or were pulled out.
  [[nodiscard]] virtual std::size_t went_back() const = 0;
  /// Every fault of the line and of the device.
  virtual std::vector<Fault> faults() = 0;
};

/// Numbers from a seed, for faults that come and go.
class Dice {
 public:
  /// True for one in `sides`.
  bool roll(unsigned sides) {
    state_ = state_ * 1664525U + 1013904223U;
    return (state_ >> 16U) % sides == 0;
  }

 private:
  std::uint32_t state_ = 1;
};

}  // namespace yijuan::conformance
