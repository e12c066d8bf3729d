#include "drivers/cctalk/fake_validator.hpp"

#include <algorithm>

namespace yijuan::cctalk_fake {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kMemory = 5;

// Events with A = 0.
constexpr int kMasterInhibit = 0;
constexpr int kReturned = 1;
constexpr int kInhibited = 4;
constexpr int kJamReachable = 6;
constexpr int kJamInStacker = 7;
constexpr int kPulledBack = 8;
constexpr int kStackerOk = 10;
constexpr int kStackerRemoved = 11;
constexpr int kStackerInserted = 12;
constexpr int kStackerFull = 14;
constexpr int kJamUnreachable = 16;
constexpr int kUnknownStacked = 21;

// Self-check results.
constexpr int kJammed = 39;
constexpr int kNoStacker = 44;
constexpr int kFull = 45;

// Answers to 154.
constexpr std::uint8_t kEscrowEmpty = 254;
constexpr std::uint8_t kRouteFailed = 255;

}  // namespace

FakeValidator::FakeValidator(ValidatorMake make)
    : make_(std::move(make)),
      wire_({.address = make_.address,
             .crc = make_.crc,
             .echo = make_.echo,
             .paced = make_.paced,
             .answer_after = make_.answer_after,
             .scrambled = make_.scrambled}),
      master_(make_.missing.contains(228)) {}

void FakeValidator::receive(Time now, BytesView bytes) {
  advance(now);
  if (!powered(now)) return;
  wire_.receive(now, bytes, [this](Time at, const Message& request) { serve(at, request); });
}

std::size_t FakeValidator::count(NoteFate fate) const {
  return static_cast<std::size_t>(std::ranges::count(notes_, fate, &FakeNote::fate));
}

// --- the path

void FakeValidator::move(Place place, Time due) {
  place_ = place;
  due_ = due;
}

void FakeValidator::leave(NoteFate fate) {
  note().fate = fate;
  place_ = Place::empty;
}

void FakeValidator::advance(Time now) {
  if (!powered(now)) return;
  if (waking_) wake(off_until_);
  while (place_ != Place::empty && place_ != Place::stuck && due_ <= now) arrive(due_);
}

/// What happens to the note at the end of the stretch that it is on.
void FakeValidator::arrive(Time at) {
  switch (place_) {
    case Place::reading:
      if ((mode_ & 2) == 0 || !make_.escrows) return move(Place::stacking, at + make_.moving);
      add_event(note().position, 1);
      return move(Place::escrow, at + make_.holding);
    case Place::escrow:  // nobody decided
      return move(Place::returning, at + make_.moving);
    case Place::stacking:
      return stacked(at);
    case Place::returning:
      leave(NoteFate::given_back);
      return add_event(0, kReturned);
    case Place::empty:
    case Place::stuck:
      return;
  }
}

void FakeValidator::stacked(Time at) {
  if (betraying_) {
    betraying_ = false;
    return move(Place::returning, at + make_.moving);
  }
  leave(NoteFate::stacked);
  add_event(note().position, 0);
  note().counter = counter_;
  if (++in_stacker_ < make_.room) return;
  full_ = true;
  add_event(0, kStackerFull);
}

NoteEntry FakeValidator::insert(Time now, int position) {
  advance(now);
  if (!powered(now)) return NoteEntry::no_power;
  if (busy()) return NoteEntry::occupied;
  if (!enabled(now, position)) {
    if (make_.tells_refusals) add_event(0, master_ ? kInhibited : kMasterInhibit);
    return NoteEntry::refused;
  }
  notes_.push_back({.at = now, .position = position});
  move(Place::reading, now + make_.reading);
  advance(now);
  return NoteEntry::taken;
}

void FakeValidator::raise(Time now, int code) {
  advance(now);
  if (powered(now)) add_event(0, code);
}

void FakeValidator::jam(Time now, Jam jam) {
  advance(now);
  if (!powered(now)) return;
  if (jam == Jam::reachable) add_event(0, kJamReachable);
  if (jam == Jam::unreachable) add_event(0, kJamUnreachable);
  if (jam == Jam::stacker) add_event(0, kJamInStacker);
  self_check_ = kJammed;
  if (!busy()) return;
  if (jam == Jam::unreachable) return leave(NoteFate::stacked);  // in the box, without its event
  stuck_on_way_to_ = jam == Jam::reachable ? Place::returning : Place::stacking;
  place_ = Place::stuck;
}

void FakeValidator::clear_jam(Time now) {
  advance(now);
  self_check_ = 0;
  if (place_ == Place::stuck) move(stuck_on_way_to_, now + make_.moving);
}

void FakeValidator::pull_out(Time now, bool seen) {
  advance(now);
  if (!busy()) return;
  leave(NoteFate::taken_out);
  if (seen && powered(now)) add_event(0, kPulledBack);
}

void FakeValidator::stack_unknown(Time now) {
  advance(now);
  if (!powered(now)) return;
  if (!busy()) notes_.push_back({.at = now});
  leave(NoteFate::stacked);
  add_event(0, kUnknownStacked);
}

void FakeValidator::set_full(Time now, bool full) {
  advance(now);
  full_ = full;
  in_stacker_ = full ? make_.room : 0;
  if (powered(now)) add_event(0, full ? kStackerFull : kStackerOk);
}

void FakeValidator::set_removed(Time now, bool removed) {
  advance(now);
  removed_ = removed;
  if (!removed) full_ = false;
  if (!removed) in_stacker_ = 0;
  if (powered(now)) add_event(0, removed ? kStackerRemoved : kStackerInserted);
}

// --- power and identity

void FakeValidator::restart(Time now, Time off_for, bool finishing) {
  advance(now);
  wire_.reset(finishing);
  memory_.clear();
  counter_ = 0;
  mode_ = 1;
  if (!make_.keeps_inhibits) {
    mask_ = 0;
    master_ = make_.missing.contains(228);
  }
  off_until_ = now + off_for;
  waking_ = true;
}

void FakeValidator::wake(Time at) {
  waking_ = false;
  if (place_ == Place::empty || place_ == Place::stuck) return;
  const bool inward = place_ == Place::escrow || place_ == Place::stacking;
  if (!inward || make_.after_power == AfterPower::gives_back) {
    return move(Place::returning, at + make_.moving);
  }
  if (make_.after_power == AfterPower::stacks) return move(Place::stacking, at + make_.moving);
  leave(NoteFate::stacked);
}

void FakeValidator::swap(Time now, std::uint32_t serial) {
  restart(now, Time(0), false);
  waking_ = false;
  if (busy()) leave(NoteFate::taken_out);  // it goes away in the old one
  make_.serial = serial;
}

void FakeValidator::add_event(int a, int b) {
  counter_ = counter_ == 255 ? 1 : counter_ + 1;
  memory_.push_front({a, b});
  if (memory_.size() > kMemory) memory_.pop_back();
}

bool FakeValidator::enabled(Time now, int position) const {
  if (position < 1 || position > kNotePositions || !powered(now) || !master_) return false;
  if (make_.notes[static_cast<std::size_t>(position - 1)].empty()) return false;
  if (now - polled_at_ > make_.patience || self_check() != 0) return false;
  return (mask_ >> (position - 1) & 1U) != 0;
}

int FakeValidator::self_check() const {
  if (removed_) return kNoStacker;
  if (full_) return kFull;
  return self_check_;
}

/// Routes the held note as the host wants; what 154 answers.
Bytes FakeValidator::route(Time now, int way) {
  if (place_ == Place::stuck) return {kRouteFailed};
  if (place_ != Place::escrow) return {kEscrowEmpty};
  if (failing_routes_ > 0) {
    --failing_routes_;
    return {kRouteFailed};
  }
  if (way == 255) {
    ++extensions_;
    due_ = now + make_.holding;
    return {};
  }
  routed_at_ = now;
  move(way == 1 ? Place::stacking : Place::returning, now + make_.moving);
  return {};
}

std::optional<Bytes> FakeValidator::answer_events(Time now) {
  polled_at_ = now;
  Bytes data = {static_cast<std::uint8_t>(counter_)};
  for (std::size_t slot = 0; slot < kMemory; ++slot) {
    const auto event = slot < memory_.size() ? memory_[slot] : std::array<int, 2>{};
    data.push_back(static_cast<std::uint8_t>(event[0]));
    data.push_back(static_cast<std::uint8_t>(event[1]));
  }
  if (counter_ == 0 && make_.dummy_first_event) add_event(0, kMasterInhibit);
  return data;
}

}  // namespace yijuan::cctalk_fake
