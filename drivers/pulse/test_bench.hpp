// A simulated acceptor on its two wires, on simulated time: what the driver's tests and the
// conformance suite share.
#pragma once

#include <string>
#include <utility>

#include "async/sim_clock.hpp"
#include "async/task_group.hpp"
#include "drivers/pulse/fake.hpp"
#include "drivers/pulse/pulse_acceptor.hpp"
#include "tests/support/fake_wire.hpp"

namespace yijuan::pulse {

/// Pulses pull the coin wire low; the inhibit wire is high while coins are refused.
class Rig {
 public:
  Rig(const asio::any_io_executor& executor, SimClock& clock, pulse_fake::Make make = {},
      bool can_inhibit = true)
      : coins(executor, clock, "gpio:COIN"),
        inhibit(executor, clock, "gpio:INHIBIT"),
        clock_(clock),
        device_(make),
        can_inhibit_(can_inhibit),
        pulses_(executor, {}) {
    coins.set_silently(true);
  }
  ~Rig() {
    inhibit.stop();
    pulses_.cancel();
    clock_.settle();
  }
  Rig(const Rig&) = delete;
  Rig& operator=(const Rig&) = delete;

  std::unique_ptr<PulseAcceptor> make_driver(
      DriverContext context, DeviceFacts& facts, std::optional<CounterMark> mark,
      PulseSettings settings = {
          .shape = shape_of(std::chrono::milliseconds(50), std::chrono::milliseconds(50))}) {
    return std::make_unique<PulseAcceptor>(settings, coins.source(),
                                           can_inhibit_ ? inhibit.source() : nullptr,
                                           std::move(context), facts, std::move(mark));
  }
  /// False: refused at the slot.
  bool drop(int fen) {
    if (!takes()) return false;
    for (const auto& edge : device_.drop_coin(clock_.now(), fen)) {
      pulses_.spawn("edge", play(edge, power_));
    }
    return true;
  }
  void cut_power(std::chrono::milliseconds off_for) {
    ++power_;
    device_.cut_power(clock_.now() + off_for);
    coins.set(true);
  }
  void unplug() {
    coins.unplug();
    inhibit.unplug();
  }
  void plug() {
    coins.plug();
    inhibit.plug();
  }
  /// A pulse that no coin made.
  void disturb(std::chrono::nanoseconds length) {
    pulses_.spawn("edge", play({clock_.now(), true}, power_));
    pulses_.spawn("edge", play({clock_.now() + length, false}, power_));
  }
  [[nodiscard]] bool takes() const {
    return device_.takes(clock_.now()) && (!can_inhibit_ || inhibit.level() == false);
  }
  [[nodiscard]] const std::vector<int>& accepted() const { return device_.accepted(); }

  test::FakeInputWire coins;
  test::FakeOutputWire inhibit;

 private:
  Task<void> play(pulse_fake::Edge edge, int power) {
    auto slept = co_await clock_.sleep_until(edge.at);
    if (!slept) co_return slept;
    if (power == power_) coins.set(!edge.on);
    co_return Result<void>();
  }

  SimClock& clock_;
  pulse_fake::FakePulseAcceptor device_;
  bool can_inhibit_;
  int power_ = 0;
  TaskGroup pulses_;
};

}  // namespace yijuan::pulse
