// A simulated pulse coin acceptor: what it does to its coin wire, and whether it takes a coin. It
// makes the edges; who tests puts them on a wire at their times. Written from the documents of
// CH-926 and DG600F types: one coin after the other, N pulses each, width and gap about equal.
//
// Faults: pulses of any width and gap, with jitter; bounces at each edge; power cut at any moment
// (a train ends where it is); an inhibit that it does not have.
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

namespace yijuan::pulse_fake {

using Time = std::chrono::nanoseconds;

struct Edge {
  Time at{};
  bool on = false;
};

struct Make {
  std::chrono::milliseconds width{50};
  std::chrono::milliseconds gap{50};
  int jitter_percent = 0;  // of each width and gap, either way
  bool bounces = false;    // a millisecond off and on again within each edge
  int fen_per_pulse = 10;
  std::chrono::milliseconds fall{150};  // from the slot to the first pulse
  std::uint32_t seed = 1;
};

class FakePulseAcceptor {
 public:
  explicit FakePulseAcceptor(Make make = {}) : make_(make) {}

  /// The pulses of a coin, in order; none if it was refused.
  std::vector<Edge> drop_coin(Time now, int fen);
  void inhibit(bool on) { inhibited_ = on; }
  /// Off until `until`: refuses coins; what it still had to tell is gone with its pulses.
  void cut_power(Time until) {
    off_until_ = until;
    busy_until_ = {};
  }
  [[nodiscard]] bool takes(Time now) const { return !inhibited_ && now >= off_until_; }
  [[nodiscard]] const std::vector<int>& accepted() const { return accepted_; }

 private:
  Time vary(std::chrono::milliseconds length);
  void add_pulse(std::vector<Edge>& edges, Time& at);

  Make make_;
  bool inhibited_ = false;
  Time off_until_{};
  Time busy_until_{};  // the end of the last train, with its gap
  std::vector<int> accepted_;
};

}  // namespace yijuan::pulse_fake
