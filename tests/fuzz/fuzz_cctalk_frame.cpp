// Any bytes from a wire, in any pieces: a frame that is read writes itself the same again, and
// what the protocol makes of its data stays in bounds.
#include <algorithm>
#include <cstdint>

#include "base/assert.hpp"
#include "drivers/cctalk/probe.hpp"

namespace {

using namespace yijuan;

void read_data(const Bytes& data) {
  using namespace yijuan::cctalk;
  if (const auto mask = PositionMask::parse(data)) {
    YIJUAN_ASSERT(data.size() == 1 || mask->data() == data, "a mask has one form");
  }
  if (const auto id = CoinId::parse(as_text(data))) {
    YIJUAN_ASSERT(id->thousandths >= 0, "a coin is worth something");
  }
  (void)poll_milliseconds(data);
  (void)serial_text(data);
  for (const char letter : printable(data)) YIJUAN_ASSERT(letter >= ' ', "printable text");
  if (const auto credits = CreditBuffer::parse(data)) {
    for (int last = 0; last <= 255; ++last) {
      const auto found = new_events(*credits, last);
      YIJUAN_ASSERT(found.events.size() <= 5 && found.lost >= 0, "five events at most");
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace yijuan::cctalk;
  if (size < 2) return 0;
  const auto checksum = (data[0] & 1) != 0 ? Checksum::crc16 : Checksum::simple;
  const std::size_t piece = 1 + data[1] % 7;
  BytesView wire(data + 2, size - 2);
  (void)read_probe(encode(make_request(2, Header::simple_poll), checksum), wire, 2, checksum);
  Deframer deframer(checksum);
  Bytes pushed;
  while (!wire.empty()) {
    const auto next = wire.first(std::min(piece, wire.size()));
    const auto taken = deframer.push(next);
    pushed.insert(pushed.end(), next.begin(), next.begin() + static_cast<std::ptrdiff_t>(taken));
    wire = wire.subspan(taken);
    if (!deframer.complete()) continue;
    if (auto frame = deframer.take()) {
      YIJUAN_ASSERT(encode(*frame, checksum) == pushed, "a frame has one form");
      read_data(frame->data);
      (void)read_reply(*frame, 2, checksum);
    }
    pushed.clear();
  }
  return 0;
}
