// Any readings and answers of a bill validator, as if they were true: no reading credits more
// notes than its counter moved, a note outside the table is never money, nothing is unclear or
// given back that was not told as held, and a held note keeps the mark from being quiet.
#include <cstdint>

#include "base/assert.hpp"
#include "drivers/cctalk/note_book.hpp"
#include "drivers/cctalk/note_escrow.hpp"
#include "drivers/cctalk/note_health.hpp"

namespace {

using namespace yijuan;
using namespace yijuan::cctalk;

constexpr std::size_t kReading = 12;

/// What the kiosk knows of a held note.
class Intent {
 public:
  void take(const CashReport& report) {
    if (report.restarted || report.swapped) open_ = false;
    for (const auto& event : report.events) {
      const auto* const back = std::get_if<CashReturned>(&event);
      const bool unclear = std::holds_alternative<NoteUnclear>(event);
      if (unclear) YIJUAN_ASSERT(open_, "unclear what was never told");
      if (back != nullptr && back->from_escrow) YIJUAN_ASSERT(open_, "back from no escrow");
      if (back == nullptr || back->from_escrow) open_ = false;
    }
    if (report.lost) open_ = false;
  }
  void take(const NoteInEscrow& held) {
    YIJUAN_ASSERT(held.amount == yuan(1), "only notes of the table are told");
    YIJUAN_ASSERT(held.counter >= 0 && held.counter <= 255, "a counter is a byte");
    YIJUAN_ASSERT(!held.mark.quiet, "quiet with a held note");
    open_ = true;
  }

 private:
  bool open_ = false;
};

void check(const CashReport& report, int before) {
  const int after = report.mark.counter;
  const int moved = after >= before ? after - before : after + 255 - before;
  int credited = 0;
  for (const auto& event : report.events) {
    const auto* const note = std::get_if<CashAccepted>(&event);
    if (note == nullptr) continue;
    ++credited;
    YIJUAN_ASSERT(note->position == 1 && note->amount == yuan(1), "only notes of the table");
    YIJUAN_ASSERT(note->counter >= 1 && note->counter <= 255, "counters go from 1 to 255");
  }
  YIJUAN_ASSERT(!report.restarted || credited == 0, "nothing is known after a restart");
  // A note of before that was held and never told may be lost besides.
  YIJUAN_ASSERT(credited <= moved, "more credits than events");
  YIJUAN_ASSERT(credited + static_cast<int>(report.lost.value_or(0)) <= moved + 1,
                "more notes than events");
}

void read_answers(BytesView data) {
  const auto text = as_text(data);
  if (const auto id = NoteId::parse(text))
    YIJUAN_ASSERT(id->value >= 0, "a note is worth something");
  if (const auto mask = NoteMask::parse(data)) {
    YIJUAN_ASSERT(mask->data(data.size()) == Bytes(data.begin(), data.end()),
                  "a mask has one form");
  }
  if (const auto scale = NoteScale::parse(data.first(std::min<std::size_t>(3, data.size())))) {
    const auto worth = scale->worth(9999);
    YIJUAN_ASSERT(!worth || worth->count() >= 0, "worth is not negative");
  }
  (void)read_route_answer(Bytes(data.begin(), data.end()));
}

/// Verdicts and answers in any order and at any time end: in a release, or given up.
void hold_a_note(BytesView data) {
  NoteEscrow escrow;
  Instant now{};
  escrow.hold(1, now);
  for (const auto byte : data) {
    if ((byte & 1) != 0) escrow.decide(1 + (byte >> 7), NoteVerdict{(byte >> 6 & 1) != 0}, now);
    const auto due = escrow.due(now);
    if (due) escrow.answered(*due, RouteAnswer{byte >> 4 & 3}, now);
    now += std::chrono::milliseconds(100 * (byte >> 1 & 7));
  }
  for (int second = 0; second < 80 && !escrow.given_up(now); ++second) {
    if (const auto due = escrow.due(now)) escrow.answered(*due, RouteAnswer::failed, now);
    now += std::chrono::seconds(1);
  }
  YIJUAN_ASSERT(escrow.given_up(now), "patience has an end");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  read_answers({data, std::min<std::size_t>(size, 9)});
  hold_a_note({data, std::min<std::size_t>(size, 64)});
  NoteBook book({{.position = 1, .id = "CN0001A", .amount = yuan(1)}}, std::nullopt,
                (data[0] & 128) == 0);
  NoteHealth health;
  Intent intent;
  int counter = 0;
  for (bool first = true; size >= kReading; data += kReading, size -= kReading, first = false) {
    const auto buffer = CreditBuffer::parse({data + 1, kReading - 1});
    const std::uint8_t how = data[0];
    const bool kept = (how & 1) == 0;
    NoteBook::Told told;
    if (first || (how & 2) != 0) {
      told = book.reconcile((how & 4) != 0 ? "other" : "one", *buffer, kept, (how & 8) != 0);
      if (!first && (how & 4) == 0 && told.report && !told.report->events.empty()) {
        check(*told.report, counter);
      }
    } else {
      (void)book.doubtful(*buffer, (how & 16) != 0);
      told = book.take(*buffer, kept, (how & 16) != 0).told;
      if (told.report) check(*told.report, counter);
    }
    if (told.report) intent.take(*told.report);
    if (told.held) intent.take(*told.held);
    for (const auto& event : told.news) health.event(event);
    health.self_check(buffer->newest_first[4].b, "words");
    if ((how & 32) != 0 && book.become_quiet()) {
      YIJUAN_ASSERT(!book.held(), "quiet with a held note");
    }
    if ((how & 64) != 0) (void)book.become_open();
    if (how == 0xFF) {
      if (const auto report = book.give_up("no more patience")) intent.take(*report);
    }
    counter = buffer->counter;
  }
  return 0;
}
