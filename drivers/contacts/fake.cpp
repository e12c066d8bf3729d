#include "drivers/contacts/fake.hpp"

#include <algorithm>

namespace yijuan::contacts_fake {

std::uint32_t FakeSwitch::random() {
  make_.seed = make_.seed * 1664525U + 1013904223U;
  return make_.seed >> 8U;
}

std::vector<Edge> FakeSwitch::move(Time at, bool high) {
  if (high == high_) return {};
  high_ = high;
  std::vector<Time> times = {at};
  times.reserve(2 * static_cast<std::size_t>(make_.bounces) + 1);
  const auto length = static_cast<std::uint32_t>(std::max<std::int64_t>(make_.bounce.count(), 1));
  for (int edge = 0; edge < 2 * make_.bounces; ++edge) {
    times.push_back(at + std::chrono::microseconds(random() % length));
  }
  std::ranges::sort(times);
  std::vector<Edge> edges;
  edges.reserve(times.size());
  for (const Time time : times) edges.push_back({time, high == (edges.size() % 2 == 0)});
  return edges;
}

std::vector<Edge> FakeSwitch::knock(Time at, Time length) {
  return {{at, !high_}, {at + length, high_}};
}

std::vector<Edge> FakeSwitch::chatter(Time at, int count, Time apart) {
  std::vector<Edge> edges;
  edges.reserve(static_cast<std::size_t>(count));
  for (int change = 0; change < count; ++change) {
    high_ = !high_;
    edges.push_back({at + change * apart, high_});
  }
  return edges;
}

}  // namespace yijuan::contacts_fake
