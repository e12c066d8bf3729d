// Whatever an ICT note acceptor says, and whenever: a note is credited at most once, only after
// "take", and every note that was told ends exactly once.
#include <cstdint>

#include "base/assert.hpp"
#include "drivers/ict/escrow.hpp"

namespace {

using namespace yijuan;
using namespace yijuan::ict;

/// Holds the escrow's answers against its contract.
class Watch {
 public:
  void see(const Escrow::Step& step) {
    if (step.say == Say::take) {
      YIJUAN_ASSERT(open_ && !taken_, "takes only a note that is held, once");
      taken_ = true;
    }
    if (step.report) report(*step.report);
    if (step.held) {
      YIJUAN_ASSERT(!open_, "one note at a time");
      YIJUAN_ASSERT(!step.held->mark.quiet && step.held->counter == step.held->mark.counter &&
                        step.held->counter >= 1 && step.held->counter <= 255,
                    "the mark says that a note is held");
      open_ = true;
      taken_ = false;
      counter_ = step.held->counter;
      amount_ = step.held->amount;
    }
  }

 private:
  void report(const CashReport& told) {
    for (const CashEvent& event : told.events) {
      if (const auto* accepted = std::get_if<CashAccepted>(&event)) {
        YIJUAN_ASSERT(
            open_ && taken_ && accepted->counter == counter_ && accepted->amount == amount_,
            "credits the note that was taken");
        open_ = false;
      } else if (const auto* back = std::get_if<CashReturned>(&event)) {
        if (!back->from_escrow) continue;
        YIJUAN_ASSERT(open_, "returns the note that was held");
        open_ = false;
      } else {
        open_ = false;  // of the note that was held, or of one that was announced and not told
      }
    }
    YIJUAN_ASSERT(!told.lost || !open_, "a loss is of a note that was not told");
    YIJUAN_ASSERT(told.mark.quiet == !open_, "quiet exactly while no note is held");
  }

  bool open_ = false;
  bool taken_ = false;
  int counter_ = 0;
  Fen amount_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  Escrow escrow({{.position = 1, .amount = yuan(1)},
                 {.position = 2, .amount = yuan(5)},
                 {.position = 4, .amount = yuan(20)}},
                CounterMark{.device = "note", .serial = {}, .counter = 253, .quiet = true});
  const Codes codes = (data[0] & 0x80U) != 0 ? Codes::shifted : Codes::standard;
  MarkedBytes marks;
  Watch watch;
  Instant now{};
  (void)escrow.begin(now);
  for (std::size_t at = 0; at + 1 < size; at += 2) {
    const std::uint8_t value = data[at + 1];
    switch (data[at] & 3U) {
      case 1:
        watch.see(escrow.decide(escrow.held(),
                                value == 0 ? NoteVerdict::give_back : NoteVerdict::stack, now));
        break;
      case 3:
        now += std::chrono::milliseconds(100) * value;
        watch.see(escrow.tick(now));
        break;
      default: {
        Bytes wire = {value};
        if ((data[at] & 3U) == 2) wire.insert(wire.begin(), {0xFF, 0x00});
        for (const MarkedByte byte : marks.push(wire)) {
          watch.see(escrow.hear(understand(byte, codes), now));
        }
      }
    }
  }
  watch.see(escrow.lose_contact(now, "the end"));
  YIJUAN_ASSERT(escrow.idle(), "nothing is held after contact was lost");
  return 0;
}
