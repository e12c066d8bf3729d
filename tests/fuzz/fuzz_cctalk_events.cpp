// Any readings of an event buffer, as if they were true: no reading credits more coins than its
// counter moved, none is credited twice, and a coin outside the table is never money.
#include <cstdint>

#include "base/assert.hpp"
#include "drivers/cctalk/event_book.hpp"

namespace {

using namespace yijuan;
using namespace yijuan::cctalk;

constexpr std::size_t kReading = 12;

void check(const CashReport& report, int before) {
  const int after = report.mark.counter;
  const int moved = after >= before ? after - before : after + 255 - before;
  int credited = 0;
  for (const auto& event : report.events) {
    const auto* const coin = std::get_if<CashAccepted>(&event);
    if (coin == nullptr) continue;
    ++credited;
    YIJUAN_ASSERT(coin->position == 1 && coin->amount == Fen(100), "only coins of the table");
    YIJUAN_ASSERT(coin->counter >= 1 && coin->counter <= 255, "counters go from 1 to 255");
  }
  YIJUAN_ASSERT(!report.restarted || credited == 0, "nothing is known after a restart");
  YIJUAN_ASSERT(credited + static_cast<int>(report.lost.value_or(0)) <= moved,
                "more coins than events");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  EventBook book({{.position = 1, .id = "CN100A", .amount = Fen(100)}}, std::nullopt);
  int counter = 0;
  for (bool first = true; size >= kReading; data += kReading, size -= kReading, first = false) {
    const auto buffer = CreditBuffer::parse({data + 1, kReading - 1});
    const std::uint8_t how = data[0];
    const bool kept = (how & 1) == 0;
    if (first || (how & 2) != 0) {
      const auto report =
          book.reconcile((how & 4) != 0 ? "other" : "one", *buffer, kept, (how & 8) != 0);
      if (!first && (how & 4) == 0 && !report.events.empty()) check(report, counter);
    } else {
      (void)book.doubtful(*buffer, (how & 16) != 0);
      const auto taken = book.take(*buffer, kept, (how & 16) != 0);
      if (taken.report) check(*taken.report, counter);
    }
    if ((how & 32) != 0) (void)book.become_quiet();
    if ((how & 64) != 0) (void)book.become_open();
    counter = buffer->counter;
  }
  return 0;
}
