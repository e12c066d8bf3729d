// Any text: a recording that is read writes itself in lines that are read the same again.
#include <cstdint>

#include "base/assert.hpp"
#include "io/recording.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace yijuan;
  const auto recording = parse_recording(as_text(BytesView(data, size)));
  if (!recording) return 0;
  std::string again = "yijuan-recording 1\n";
  for (const RecordedEvent& event : *recording) again += recording_lines(event);
  const auto second = parse_recording(again);
  YIJUAN_ASSERT(second && second->size() == recording->size(), "a recording can be written again");
  for (std::size_t index = 0; index < second->size(); ++index) {
    const RecordedEvent& one = (*recording)[index];
    const RecordedEvent& other = (*second)[index];
    YIJUAN_ASSERT(one.offset == other.offset && one.kind == other.kind &&
                      one.bytes == other.bytes && one.text == other.text,
                  "an event is read as it was written");
  }
  return 0;
}
