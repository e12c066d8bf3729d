// What a printer answers, or what a broken line makes of it.
#include "base/assert.hpp"
#include "drivers/escpos/status.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace yijuan::escpos;
  ReplyReader reader;
  PrinterState state;
  int n = 1;
  for (std::size_t i = 0; i < size; ++i) {
    const auto reply = reader.take(data[i]);
    if (!reply) continue;
    if (const auto* status = std::get_if<RealTimeStatus>(&*reply)) state.add(n++ % 4 + 1, *status);
    if (const auto* ordered = std::get_if<OrderedStatus>(&*reply)) state.add(*ordered);
    if (const auto* done = std::get_if<ProcessDone>(&*reply)) {
      YIJUAN_ASSERT(done->id.size() == 4, "an id has four characters");
    }
  }
  const bool trouble = state.offline || state.cover_open || state.paper_out || state.cutter ||
                       state.head_hot || state.broken;
  YIJUAN_ASSERT(state.can_print().has_value() != trouble, "trouble is named, calm is calm");
  return 0;
}
