// Any edges, looks and losses, as if they were true: no more pulses are counted than the wire can
// have made in the time, a spoiled group is never counted, and what is due comes to an end.
#include <cstdint>

#include "base/assert.hpp"
#include "drivers/pulse/pulse_counter.hpp"

namespace {

using namespace yijuan;
using namespace std::chrono_literals;

constexpr Instant kQuarter{250'000};  // nanoseconds: steps of a quarter of a millisecond

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto shape = pulse::shape_of(50ms, 50ms);
  pulse::PulseCounter counter(shape);
  Instant now{};
  Instant since{};  // the last group's end
  std::uint64_t edges = 0;
  for (; size >= 2; data += 2, size -= 2) {
    now += kQuarter * data[1];
    if ((data[0] & 8U) != 0) now += 30ms;
    const bool on = (data[0] & 1U) != 0;
    switch (data[0] >> 1U & 3U) {
      case 0:
        counter.look(on, now);
        break;
      case 1:
        if ((data[0] & 0xF0U) == 0xF0U) counter.lost(now);
        break;
      default:
        counter.edge({on, now});
        ++edges;
        break;
    }
    while (auto group = counter.take()) {
      YIJUAN_ASSERT(group->ended <= now, "a group ended in the future");
      if (!group->unclear.empty()) continue;
      YIJUAN_ASSERT(group->pulses >= 1 && group->pulses <= shape.most_pulses, "an empty group");
      YIJUAN_ASSERT(group->pulses * shape.shortest <= group->ended - since, "more than can be");
      YIJUAN_ASSERT(static_cast<std::uint64_t>(group->pulses) <= edges, "pulses without edges");
      since = group->ended;
    }
  }
  counter.edge({false, now + 1h});
  for (int look = 1; look <= 4; ++look) counter.look(false, now + 1h + look * 1min);
  while (counter.take()) {
  }
  YIJUAN_ASSERT(!counter.busy(), "a line at rest is done with");
  return 0;
}
