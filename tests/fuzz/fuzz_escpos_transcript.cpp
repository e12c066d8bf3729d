// A printer's recording, read out: any bytes in both directions.
#include <algorithm>

#include "base/assert.hpp"
#include "drivers/escpos/transcript.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  yijuan::escpos::PrinterTranscript transcript;
  std::size_t at = 0;
  while (at < size) {
    const std::size_t count = std::min<std::size_t>(data[at] & 0x3FU, size - at - 1);
    const yijuan::BytesView bytes(data + at + 1, count);
    (data[at] & 0x80U) != 0 ? transcript.read(bytes) : transcript.written(bytes);
    at += 1 + count;
  }
  for (const char letter : transcript.take()) {
    YIJUAN_ASSERT(letter == '\n' || static_cast<std::uint8_t>(letter) >= 0x20, "printable");
  }
  return 0;
}
