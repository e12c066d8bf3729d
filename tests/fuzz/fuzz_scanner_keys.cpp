// Any bytes as input events: what comes out is printable, not empty and at most 64 characters, and
// comes only with an Enter key.
#include <cstdint>
#include <cstring>

#include "base/assert.hpp"
#include "drivers/scanner/key_decoder.hpp"
#include "io/input_events.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace yijuan;
  scanner::KeyDecoder decoder;
  Instant now{};
  // Four bytes an event: type and value, code, and the time since the last in milliseconds.
  for (; size >= 4; data += 4, size -= 4) {
    input_event event{};
    event.type = data[0] & 7U;
    event.value = data[0] >> 3U & 3U;
    event.code = static_cast<std::uint16_t>(data[1] | (data[2] & 3U) << 8U);
    now += std::chrono::milliseconds(data[3]);
    if (!is_plausible(event)) {
      decoder.reset();
      continue;
    }
    const auto text = decoder.feed(event, now);
    if (!text) continue;
    YIJUAN_ASSERT(event.code == KEY_ENTER || event.code == KEY_KPENTER, "a text without its end");
    YIJUAN_ASSERT(!text->empty() && text->size() <= scanner::kLongestText, "a text too long");
    for (const char each : *text) YIJUAN_ASSERT(each >= ' ' && each <= '~', "no character");
  }
  return 0;
}
