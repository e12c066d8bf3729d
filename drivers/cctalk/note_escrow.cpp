#include "drivers/cctalk/note_escrow.hpp"

#include <algorithm>

namespace yijuan::cctalk {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kExtendInterval{4};  // devices give up after 5 s at the earliest
constexpr seconds kEventPatience{6};   // from an ACK to its event: a slow transport
constexpr milliseconds kAgain{500};    // after a refusal
constexpr seconds kEmptyPatience{10};  // from "nothing is held" to the event that says why
constexpr seconds kPatience{60};       // with all of it
constexpr int kMostRefusals = 6;       // of "stack", then the note goes back

constexpr std::uint8_t kEmpty = 254;
constexpr std::uint8_t kFailed = 255;

}  // namespace

RouteAnswer read_route_answer(const std::optional<Bytes>& data) {
  if (!data) return RouteAnswer::unknown;
  if (data->empty()) return RouteAnswer::done;
  if (data->front() == kEmpty) return RouteAnswer::empty;
  return data->front() == kFailed ? RouteAnswer::failed : RouteAnswer::unknown;
}

void NoteEscrow::hold(int counter, Instant now) {
  const bool same = counter_ == counter;
  counter_ = counter;
  empty_since_.reset();
  refusals_ = 0;
  told_at_ = now;
  decided_at_ = now;
  next_ = now;
  if (same && verdict_) return;
  verdict_.reset();
  next_ = now + kExtendInterval;
}

void NoteEscrow::decide(int counter, NoteVerdict verdict, Instant now) {
  if (counter_ != counter || verdict_) return;
  verdict_ = verdict;
  decided_at_ = now;
  next_ = now;
}

std::optional<NoteRoute> NoteEscrow::due(Instant now) {
  if (!counter_) return std::nullopt;
  if (!verdict_ && now - told_at_ >= kVerdictLimit) decide(*counter_, NoteVerdict::give_back, now);
  if (now < next_) return std::nullopt;
  if (!verdict_) return extends_ ? std::optional(NoteRoute::extend) : std::nullopt;
  return *verdict_ == NoteVerdict::stack ? NoteRoute::stack : NoteRoute::give_back;
}

void NoteEscrow::answered(NoteRoute route, RouteAnswer answer, Instant now) {
  if (route == NoteRoute::extend) {
    if (answer == RouteAnswer::unknown) extends_ = false;
    if (!verdict_) next_ = now + kExtendInterval;
    return;
  }
  next_ = now + (answer == RouteAnswer::done ? milliseconds(kEventPatience) : kAgain);
  if (answer != RouteAnswer::empty) empty_since_.reset();
  if (answer == RouteAnswer::empty && !empty_since_) empty_since_ = now;
  if (answer == RouteAnswer::failed && ++refusals_ >= kMostRefusals) {
    verdict_ = NoteVerdict::give_back;
  }
}

std::optional<Instant> NoteEscrow::next() const {
  if (!counter_) return std::nullopt;
  return verdict_ ? next_ : std::min(next_, told_at_ + kVerdictLimit);
}

bool NoteEscrow::given_up(Instant now) const {
  if (!counter_ || !verdict_) return false;
  if (empty_since_ && now - *empty_since_ >= kEmptyPatience) return true;
  return now - decided_at_ >= kPatience;
}

}  // namespace yijuan::cctalk
