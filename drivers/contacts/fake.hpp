// A simulated switch: what a door's contact does to its wire. It makes the edges; who tests puts
// them on a wire at their times.
//
// Faults: it bounces at every move, for as long as it is made to; a knock opens it for a moment;
// a tired one chatters.
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

namespace yijuan::contacts_fake {

using Time = std::chrono::nanoseconds;

struct Edge {
  Time at{};
  bool high = false;
};

class FakeSwitch {
 public:
  struct Make {
    int bounces = 4;  // pairs of edges at each move
    std::chrono::microseconds bounce = std::chrono::milliseconds(12);  // all of them together
    std::uint32_t seed = 1;
  };
  explicit FakeSwitch(Make make, bool high = false) : make_(make), high_(high) {}

  /// Moved to `high` at `at`; the last edge is the final level.
  std::vector<Edge> move(Time at, bool high);
  /// Away and back, `length` later.
  std::vector<Edge> knock(Time at, Time length);
  /// `count` changes, `apart` from each other.
  std::vector<Edge> chatter(Time at, int count, Time apart);
  [[nodiscard]] bool high() const { return high_; }

 private:
  std::uint32_t random();

  Make make_;
  bool high_;
};

}  // namespace yijuan::contacts_fake
