#include "drivers/pulse/fake.hpp"

#include <algorithm>

namespace yijuan::pulse_fake {

Time FakePulseAcceptor::vary(std::chrono::milliseconds length) {
  make_.seed = make_.seed * 1664525U + 1013904223U;
  const int span = 2 * make_.jitter_percent + 1;
  const int percent = 100 - make_.jitter_percent + static_cast<int>((make_.seed >> 8U) % span);
  return Time(length) * percent / 100;
}

void FakePulseAcceptor::add_pulse(std::vector<Edge>& edges, Time& at) {
  const auto bounce = std::chrono::milliseconds(1);
  for (const bool on : {true, false}) {
    edges.push_back({at, on});
    if (make_.bounces) {
      edges.push_back({at + bounce, !on});
      edges.push_back({at + 2 * bounce, on});
    }
    at += vary(on ? make_.width : make_.gap);
  }
}

std::vector<Edge> FakePulseAcceptor::drop_coin(Time now, int fen) {
  if (!takes(now)) return {};
  accepted_.push_back(fen);
  std::vector<Edge> edges;
  Time at = std::max(now + make_.fall, busy_until_);
  for (int pulse = 0; pulse < fen / make_.fen_per_pulse; ++pulse) add_pulse(edges, at);
  busy_until_ = at;
  return edges;
}

}  // namespace yijuan::pulse_fake
