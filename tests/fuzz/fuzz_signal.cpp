// Any bytes from a modem, in any pieces: a signal is 0 to 100, and the answer ends.
#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/assert.hpp"
#include "drivers/sysfs_power/signal.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace yijuan;
  sysfs_power::SignalReader whole;
  sysfs_power::SignalReader pieces;
  const bool done = whole.feed({data, size});
  for (std::size_t at = 0; at < size; at += 3) {
    (void)pieces.feed({data + at, std::min<std::size_t>(3, size - at)});
  }
  YIJUAN_ASSERT(whole.percent() == pieces.percent(), "pieces change nothing");
  if (const auto percent = whole.percent()) {
    YIJUAN_ASSERT(*percent >= 0 && *percent <= 100, "a percentage");
  }
  const std::vector<std::uint8_t> more(5000, 'x');
  YIJUAN_ASSERT(whole.feed(more) || done, "a modem that never ends is not listened to for ever");
  return 0;
}
