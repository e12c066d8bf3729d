// Any bytes into the simulated printer, in any pieces, with paper coming and going.
#include "base/assert.hpp"
#include "drivers/escpos/fake.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace yijuan::escpos_fake;
  if (size < 2) return 0;
  Behaviour behaviour;
  behaviour.abilities.native_qr = (data[0] & 1) != 0;
  behaviour.abilities.four_byte = (data[0] & 2) != 0;
  behaviour.abilities.process_id = (data[0] & 4) != 0;
  behaviour.abilities.cutter = (data[0] & 8) != 0;
  behaviour.only_idle = (data[0] & 16) != 0;
  behaviour.one_behind = (data[0] & 32) != 0;
  behaviour.buffer = 512;
  Printer printer(behaviour);
  if ((data[0] & 64) != 0) printer.paper_ends_after(data[1]);
  const yijuan::BytesView bytes(data + 2, size - 2);
  const std::size_t taken = printer.receive(bytes);
  YIJUAN_ASSERT(taken == bytes.size() || !printer.online(), "it takes all while it is online");
  printer.set_paper(true);
  printer.receive(bytes.subspan(taken));
  printer.take_answers();
  for (const Slip& slip : printer.slips()) {
    for (const Picture& picture : slip.pictures) {
      YIJUAN_ASSERT(picture.dots.size() == static_cast<std::size_t>(picture.width) *
                                               static_cast<std::size_t>(picture.height),
                    "a picture has all its dots");
    }
  }
  return 0;
}
