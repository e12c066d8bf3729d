#include "drivers/escpos/fake.hpp"

#include <algorithm>
#include <initializer_list>
#include <utility>

namespace yijuan::escpos_fake {
namespace {

constexpr std::uint8_t kGood = 0x12;          // the fixed bits of every DLE EOT answer
constexpr std::size_t kLongestRealTime = 10;  // DLE DC4 8 and its seven bytes

// Of one that only follows the commands and does nothing.
Interpreter::Events no_events() {
  return {.finished = [](const Slip&) {},
          .answer = [](const Bytes&) {},
          .paper_bits = [] { return std::uint8_t{0}; },
          .automatic = [](int) {},
          .pulse = [] {},
          .alarm = [](const std::string&) {}};
}

bool ends_with(const Bytes& bytes, std::initializer_list<std::uint8_t> end) {
  return bytes.size() >= end.size() && std::ranges::equal(BytesView(bytes).last(end.size()), end);
}

std::uint8_t bit(bool set, int n) {
  return static_cast<std::uint8_t>(set ? 1 << n : 0);
}

}  // namespace

Printer::Printer(Behaviour behaviour)
    : behaviour_(behaviour),
      interpreter_(behaviour.abilities, events()),
      arriving_(behaviour.abilities, no_events()) {}

Interpreter::Events Printer::events() {
  return {
      .finished =
          [this](Slip slip) {
            slips_.push_back(std::move(slip));
            if (on_slip) on_slip(slips_.back());
          },
      .answer =
          [this](const Bytes& answer) {
            if (behaviour_.no_ordered && answer.size() == 1) return;
            say(answer);
          },
      .paper_bits =
          [this] {
            return static_cast<std::uint8_t>((near_end_ ? 0x03 : 0) | (paper_out_ ? 0x0C : 0));
          },
      .automatic =
          [this](int what) {
            automatic_ = behaviour_.has_automatic && what != 0;
            last_automatic_.clear();
            changed();
          },
      .pulse = [this] { pulse("drawer pulse by ESC p"); },
      .alarm = [this](std::string text) { alarms_.push_back(std::move(text)); },
  };
}

std::size_t Printer::receive(BytesView bytes) {
  std::size_t taken = 0;
  for (const std::uint8_t byte : bytes) {
    if (buffer_.size() >= behaviour_.buffer) break;
    buffer_.push_back(byte);
    ++taken;
    arriving_.take(byte);
    watch(byte);
    if (behaviour_.works_by_itself) work(1);
  }
  if (behaviour_.works_by_itself) work(buffer_.size());
  return taken;
}

void Printer::work(std::size_t most) {
  std::size_t done = 0;
  while (done < most && done < buffer_.size() && online()) {
    interpreter_.take(buffer_[done++]);
    if (paper_left_ && paper().fed() >= *paper_left_ && !paper_out_) {
      paper_out_ = true;
      changed();
    }
  }
  buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(done));
  if (!idle()) return;
  for (const int n : std::exchange(waiting_questions_, {})) say_status(status(n));
}

// Real-time commands are obeyed wherever they appear in the stream, data included.
void Printer::watch(std::uint8_t byte) {
  recent_.push_back(byte);
  if (recent_.size() > kLongestRealTime) recent_.erase(recent_.begin());
  const std::size_t n = recent_.size();
  if (n >= 3 && recent_[n - 3] == 0x10 && recent_[n - 2] == 0x04 && byte >= 1 && byte <= 4) {
    real_time_question(byte);
  }
  if (n >= 5 && recent_[n - 5] == 0x10 && recent_[n - 4] == 0x14 && recent_[n - 3] == 1 &&
      !interpreter_.pulse_off()) {
    pulse("drawer pulse by DLE DC4");
  }
  if (ends_with(recent_, {0x10, 0x14, 8, 1, 3, 0x14, 1, 6, 2, 8})) clear(Clears::dle_dc4);
  if (ends_with(recent_, {0x10, 5, 2})) clear(Clears::dle_enq);
}

// Modes stay; what is on paper stays; nothing else does.
void Printer::clear(Clears how) {
  if (arriving_.inside_command()) alarms_.push_back("told to drop its buffer inside a command");
  if (behaviour_.clears != how) {
    alarms_.push_back("told to drop its buffer by a command that it does not know");
    return;
  }
  buffer_.clear();
  interpreter_.drop();
  arriving_.drop();
  if (how == Clears::dle_dc4) say({0x37, 0x25, 0});
}

void Printer::real_time_question(int n) {
  if (!behaviour_.only_idle) {
    say_status(status(n));
  } else if (waiting_questions_.size() < 8) {
    waiting_questions_.push_back(n);
  }
}

std::uint8_t Printer::status(int n) const {
  if (behaviour_.lies) return kGood;
  const bool error = cutter_stuck_ || hot_;
  switch (n) {
    case 1:
      return kGood | bit(!online(), 3);
    case 2:
      return kGood | bit(cover_open_, 2) | bit(paper_out_, 5) | bit(error, 6);
    case 3:
      return kGood | bit(cutter_stuck_, 3) | bit(hot_, 6);
    case 4:
      return kGood | (near_end_ ? 0x0C : 0) | (paper_out_ ? 0x60 : 0);
    default:
      return kGood;
  }
}

void Printer::say_status(std::uint8_t bits) {
  if (!behaviour_.one_behind) {
    say({bits});
    return;
  }
  if (held_answer_) say({*held_answer_});
  held_answer_ = bits;
}

void Printer::say(const Bytes& answer) {
  if (behaviour_.silent) return;
  answers_.insert(answers_.end(), answer.begin(), answer.end());
}

Bytes Printer::take_answers() {
  return std::exchange(answers_, {});
}

void Printer::pulse(std::string how) {
  ++pulses_;
  alarms_.push_back(std::move(how));
}

bool Printer::online() const {
  return !paper_out_ && !cover_open_ && !cutter_stuck_ && !hot_ && !held_offline_;
}

std::uint8_t Printer::port_status() const {
  return static_cast<std::uint8_t>(bit(paper_out_, 5) | bit(online() || paper_out_, 4) |
                                   bit(!paper_out_ && !cutter_stuck_ && !cover_open_ && !hot_, 3));
}

// Automatic status: four bytes whenever they differ from the last ones told.
void Printer::changed() {
  if (!automatic_) return;
  const Bytes now = {static_cast<std::uint8_t>(0x10 | bit(!online(), 3) | bit(cover_open_, 5)),
                     static_cast<std::uint8_t>(bit(cutter_stuck_, 3) | bit(hot_, 6)),
                     static_cast<std::uint8_t>((near_end_ ? 0x03 : 0) | (paper_out_ ? 0x0C : 0)),
                     0};
  if (now == last_automatic_) return;
  last_automatic_ = now;
  say(now);
}

void Printer::resume() {
  changed();
  if (online() && behaviour_.works_by_itself) work(buffer_.size());
}

void Printer::set_paper(bool present) {
  paper_out_ = !present;
  if (!present) return changed();
  paper_left_.reset();
  near_end_ = false;
  if (behaviour_.drops_on_reload) {
    buffer_.clear();
    interpreter_.power_cycle();
  }
  resume();
}

void Printer::set_cover(bool open) {
  cover_open_ = open;
  resume();
}

void Printer::set_cutter_stuck(bool stuck) {
  cutter_stuck_ = stuck;
  resume();
}

void Printer::set_hot(bool hot) {
  hot_ = hot;
  resume();
}

void Printer::set_offline(bool offline) {
  held_offline_ = offline;
  resume();
}

void Printer::power_cycle() {
  buffer_.clear();
  recent_.clear();
  answers_.clear();
  held_answer_.reset();
  automatic_ = false;
  waiting_questions_.clear();
  interpreter_.power_cycle();
  arriving_.power_cycle();
}

}  // namespace yijuan::escpos_fake
