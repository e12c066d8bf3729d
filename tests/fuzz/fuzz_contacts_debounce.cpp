// Any edges, looks and losses, as if they were true: what is told alternates, and a level is told
// only after the last edge away from it lies as far back as the debounce asks.
#include <cstdint>

#include "base/assert.hpp"
#include "drivers/contacts/debounce.hpp"

namespace {

using namespace yijuan;
using namespace std::chrono_literals;

constexpr auto kHold = std::chrono::nanoseconds(50ms);

struct Checker {
  std::optional<bool> told;
  std::optional<bool> level;  // as last heard
  Instant since{};

  void check(std::optional<bool> news, Instant at) {
    if (!news) return;
    YIJUAN_ASSERT(told != *news, "a state was told twice");
    YIJUAN_ASSERT(level == *news && at - since >= kHold, "a level was told that did not hold");
    told = *news;
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  contacts::Debounce debounce(kHold);
  Checker checker;
  Instant now{};
  for (; size >= 2; data += 2, size -= 2) {
    now += std::chrono::milliseconds(data[1]);
    const bool high = (data[0] & 1U) != 0;
    switch (data[0] >> 1U & 3U) {
      case 0:
        debounce.forget_level();
        checker.level.reset();
        break;
      case 1:
        if (checker.level != high) {
          checker.check(debounce.look(high, now), Instant{-1});
          checker.level = high;
          checker.since = now;
        } else {
          checker.check(debounce.look(high, now), now);
        }
        break;
      default:
        checker.check(debounce.edge({high, now}), now);
        checker.level = high;
        checker.since = now;
        break;
    }
    const auto due = debounce.due();
    const bool pending = checker.level != checker.told || debounce.restless();
    YIJUAN_ASSERT(
        due.has_value() == (checker.level && pending),
        "a look is due exactly while a state, or the end of the restlessness, is not told");
  }
  return 0;
}
