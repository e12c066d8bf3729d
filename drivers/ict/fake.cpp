#include "drivers/ict/fake.hpp"

#include <algorithm>

namespace yijuan::ict_fake {
namespace {

using std::chrono::milliseconds;

constexpr Time kLate = milliseconds(400);
constexpr Time kAnnounceAgain = milliseconds(300);
constexpr Time kSelfTest = milliseconds(100);
constexpr int kMark = 0xFF;

std::uint8_t low(int value) {
  return static_cast<std::uint8_t>(value & 0xFF);
}

}  // namespace

FakeNoteAcceptor::FakeNoteAcceptor(Make make) : make_(make) {}

void FakeNoteAcceptor::set_faults(std::function<Fault()> to_host,
                                  std::function<Fault()> from_host) {
  to_host_ = std::move(to_host);
  from_host_ = std::move(from_host);
}

// --- the wire

void FakeNoteAcceptor::receive(Time now, BytesView bytes) {
  tick(now);
  for (const std::uint8_t byte : bytes) {
    if (power_at_) return;
    if (!from_host_ || from_host_() != Fault::lose) serve(now, byte);
  }
}

void FakeNoteAcceptor::say(Time at, int byte) {
  const Fault fault = to_host_ ? to_host_() : Fault::none;
  if (fault == Fault::lose) return;
  if (fault == Fault::late) at += kLate;
  if (!sending_.empty()) at = std::max(at, sending_.back().at);  // bytes never pass each other
  if (fault == Fault::noise) sending_.push_back({at, low(byte ^ 0x55), true});
  if (fault == Fault::damage) {
    sending_.push_back({at, low(byte ^ 0x04), true});
  } else {
    sending_.push_back({at, low(byte), false});
  }
}

void FakeNoteAcceptor::disturb(Time now, const Bytes& bytes) {
  for (const std::uint8_t byte : bytes) sending_.push_back({now, byte, false});
}

Bytes FakeNoteAcceptor::transmit(Time now) {
  tick(now);
  Bytes out;
  while (!sending_.empty() && sending_.front().at <= now) {
    const Piece piece = sending_.front();
    sending_.pop_front();
    if (piece.damaged) out.insert(out.end(), {kMark, 0x00});
    if (!piece.damaged && piece.byte == kMark) out.push_back(kMark);
    out.push_back(piece.byte);
  }
  return out;
}

std::optional<Time> FakeNoteAcceptor::next_transmission() const {
  auto next = next_moment();
  if (!sending_.empty()) next = next ? std::min(*next, sending_.front().at) : sending_.front().at;
  return next;
}

// --- commands

int FakeNoteAcceptor::number(int trouble) const {
  return make_.shifted && trouble >= 0x20 && trouble <= 0x25 ? trouble + 1 : trouble;
}

void FakeNoteAcceptor::serve(Time now, int byte) {
  const Time at = now + make_.answer_after;
  if (byte == 0x0C) {
    const bool open = enabled(now);
    polled_at_ = now;
    enabled_ = enabled_ && open;
    say(at, trouble_ != 0 ? number(trouble_) : enabled_ ? 0x3E : 0x5E);
  } else if (byte == 0x3E || byte == 0x5E) {
    polled_at_ = now;
    enabled_ = byte == 0x3E && make_.can_open;
  } else if (byte == 0x02) {
    if (held() && !moving_) begin(now, Move::stack, make_.stacks_in);
  } else if (byte == 0x0F) {
    if (held() && !moving_) begin(now, Move::give_back, make_.returns_in);
  } else if (byte == make_.hold) {
    held_until_ = now + make_.gives_up_after;
  } else if (byte == 0x30) {
    cut_power(now, milliseconds(200));
  } else {
    say(at, 0x2A);
  }
}

// --- the world

bool FakeNoteAcceptor::enabled(Time now) const {
  return enabled_ && !power_at_ && trouble_ == 0 && now - polled_at_ <= make_.patience;
}

bool FakeNoteAcceptor::insert(Time now, int position) {
  tick(now);
  if (!enabled(now) || busy()) return false;
  const bool known = position >= 1 && position <= make_.positions;
  if (known) notes_.push_back({now, position, Fate::under_way});
  begin(now, known ? Move::draw_in : Move::refuse, make_.draws_in);
  return true;
}

void FakeNoteAcceptor::trouble(Time now, int code) {
  tick(now);
  if (power_at_) return;
  const bool over = trouble_ != 0 && code == 0;
  trouble_ = code;
  if (over && make_.tells_cleared) say(now, 0x2F);
  if (code != 0) say(now, number(code));
}

void FakeNoteAcceptor::cut_power(Time now, Time off_for) {
  tick(now);
  hang_up();
  if (!notes_.empty()) {
    Fate& fate = notes_.back().fate;
    const bool stacking = moving_ && moving_->move == Move::stack;
    if (fate == Fate::under_way) fate = Fate::returned;
    if (fate == Fate::held) {
      const bool stays = stacking || (!moving_ && make_.stacks_at_power_cut);
      fate = stays ? Fate::stacked : Fate::returned;
    }
  }
  moving_.reset();
  enabled_ = false;
  trouble_ = 0;
  power_at_ = now + off_for;
}

void FakeNoteAcceptor::greet(Time now) {
  power_at_.reset();
  polled_at_ = now;
  say(now, 0x80);
  say(now + kSelfTest, 0x8F);
}

void FakeNoteAcceptor::announce(Time now) {
  announced_at_ = now;
  say(now, 0x81);
  say(now, 0x40 + notes_.back().position - 1);
}

std::optional<Time> FakeNoteAcceptor::next_moment() const {
  if (power_at_) return power_at_;
  if (moving_) return moving_->due;
  if (!held()) return std::nullopt;
  return make_.repeats ? std::min(held_until_, announced_at_ + kAnnounceAgain) : held_until_;
}

void FakeNoteAcceptor::finish(Time now) {
  const Move move = moving_->move;
  moving_.reset();
  switch (move) {
    case Move::refuse:
      say(now, 0x29);
      break;
    case Move::draw_in:
      notes_.back().fate = Fate::held;
      held_until_ = now + make_.gives_up_after;
      announce(now);
      break;
    case Move::stack:
      notes_.back().fate = Fate::stacked;
      if (make_.tells_stacked) say(now, 0x10);
      break;
    case Move::give_back:
      notes_.back().fate = Fate::returned;
      if (make_.tells_returned) say(now, 0x11);
      break;
  }
}

void FakeNoteAcceptor::tick(Time now) {
  for (auto due = next_moment(); due && *due <= now; due = next_moment()) {
    if (power_at_) {
      greet(*due);
    } else if (moving_) {
      finish(*due);
    } else if (held_until_ <= *due) {
      begin(*due, Move::give_back, make_.returns_in);
    } else {
      announce(*due);
    }
  }
}

}  // namespace yijuan::ict_fake
