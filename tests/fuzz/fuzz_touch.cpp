// Any bytes from a touch panel, in any pieces: taps lie on the display, come only when a report
// ends, and pieces change nothing.
#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/assert.hpp"
#include "drivers/evdev/touch_decoder.hpp"
#include "io/input_events.hpp"

namespace {

using namespace yijuan;

constexpr int kWidth = 1280;
constexpr int kHeight = 800;

/// As the driver does: bytes to events to taps.
class Panel {
 public:
  explicit Panel(const evdev::Mapping& mapping) : decoder_(mapping) {}

  void feed(BytesView bytes) {
    const InputEvents read = reader_.feed(bytes);
    for (const input_event& event : read.events) {
      YIJUAN_ASSERT(is_plausible(event), "only events of the kernel are told");
      const auto tap = decoder_.feed(event);
      if (!tap) continue;
      YIJUAN_ASSERT(event.type == EV_SYN && event.code == SYN_REPORT, "a tap within a report");
      YIJUAN_ASSERT(tap->x >= 0 && tap->x < kWidth && tap->y >= 0 && tap->y < kHeight,
                    "a tap beside the display");
      taps.emplace_back(tap->x, tap->y);
    }
    garbage = garbage || read.garbage;
    if (read.garbage) decoder_.reset();
  }
  std::vector<std::pair<int, int>> taps;
  bool garbage = false;

 private:
  InputEventReader reader_;
  evdev::TouchDecoder decoder_;
};

/// Six bytes an event: more of the input then means something than if the fuzzer wrote 24.
Bytes events_of(BytesView data) {
  constexpr std::uint16_t kCodes[] = {ABS_X,
                                      ABS_Y,
                                      BTN_TOUCH,
                                      ABS_MT_SLOT,
                                      ABS_MT_TRACKING_ID,
                                      ABS_MT_POSITION_X,
                                      ABS_MT_POSITION_Y,
                                      SYN_DROPPED};
  Bytes bytes;
  for (; data.size() >= 6; data = data.subspan(6)) {
    input_event event{};
    event.type = data[0] % 5;
    event.code = data[1] < 128 ? kCodes[data[1] % std::size(kCodes)] : data[1] - 128;
    if (event.type == EV_SYN && data[1] < 128) event.code = SYN_REPORT;
    event.value =
        static_cast<std::int32_t>(std::uint32_t{data[2]} | std::uint32_t{data[3]} << 8U |
                                  std::uint32_t{data[4]} << 16U | std::uint32_t{data[5]} << 24U);
    const auto* raw = reinterpret_cast<const std::uint8_t*>(&event);
    bytes.insert(bytes.end(), raw, raw + sizeof event);
  }
  return bytes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const unsigned flags = data[0];
  evdev::Mapping mapping{.width = kWidth,
                         .height = kHeight,
                         .swap_axes = (flags & 1U) != 0,
                         .flip_x = (flags & 2U) != 0,
                         .flip_y = (flags & 4U) != 0};
  if ((flags & 8U) != 0) mapping.x = {-2'000'000'000, 2'000'000'000};
  if ((flags & 16U) != 0) mapping.y = {-5, 4095};
  const BytesView rest(data + 2, size - 2);
  const Bytes bytes = (flags & 32U) != 0 ? Bytes(rest.begin(), rest.end()) : events_of(rest);
  Panel whole(mapping);
  Panel pieces(mapping);
  whole.feed(bytes);
  const std::size_t piece = data[1] % 61U + 1;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    pieces.feed(BytesView(bytes).subspan(at, std::min(piece, bytes.size() - at)));
  }
  // Garbage takes what was read with it: how much that is depends on the pieces.
  if (!whole.garbage) YIJUAN_ASSERT(whole.taps == pieces.taps, "pieces change nothing");
  return 0;
}
