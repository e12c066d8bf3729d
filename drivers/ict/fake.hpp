// A simulated note acceptor: it has a slot, an escrow, a stacker and a wire, and no clock, thread
// or port. Bytes and moments go in, bytes and moments come out. It is written from the protocol's
// facts and shares no code with the driver that it tests.
//
// It may inject these faults, and no others:
//   on a byte to the host     lost; damaged (marked as the kernel marks a parity error); a damaged
//                             byte of noise before it; 400 ms late.
//   on a byte from the host   lost (it arrived damaged, and the device ignores it).
//   of power                  off for a time; a note that is held then goes out or into the box,
//                             as made; one that is being stacked is stacked, without a word.
//   of make                   "hold" unknown, or known by its oldest number only; troubles numbered
//                             one up; a note announced again and again until it is answered; no
//                             "cleared" after a trouble; never lets itself be enabled; says
//                             "returned" never, or stacks a note without a word.
// It never says "stacked" of a note that is not in the box, and never stacks without being told
// but at a power cut.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <optional>
#include <vector>

#include "base/bytes.hpp"

namespace yijuan::ict_fake {

using Time = std::chrono::nanoseconds;

enum class Fault { none, lose, damage, noise, late };

/// How this device is made.
struct Make {
  int positions = 5;  // notes that it knows
  int hold = 0x18;    // its number of "hold"; 0: it knows none
  bool shifted = false;
  bool repeats = false;  // announces a held note every 300 ms
  bool tells_cleared = true;
  bool can_open = true;
  bool tells_returned = true;
  bool tells_stacked = true;
  bool stacks_at_power_cut = false;  // a note that is held then
  Time answer_after = std::chrono::milliseconds(3);
  Time draws_in = std::chrono::milliseconds(600);
  Time stacks_in = std::chrono::milliseconds(900);
  Time returns_in = std::chrono::milliseconds(700);
  Time gives_up_after = std::chrono::seconds(5);  // a held note without a word from the host
  Time patience = std::chrono::seconds(5);        // without a poll for longer, it inhibits itself
};

enum class Fate { refused, under_way, held, stacked, returned };

/// A note that was drawn in, and where it is.
struct Note {
  Time at{};
  int position = 0;
  Fate fate = Fate::under_way;
};

class FakeNoteAcceptor {
 public:
  explicit FakeNoteAcceptor(Make make);

  // The wire.
  void receive(Time now, BytesView bytes);
  /// What reached the host by `now`, with the kernel's marks.
  Bytes transmit(Time now);
  [[nodiscard]] std::optional<Time> next_transmission() const;
  /// The host is no longer there: what was on the wire is gone.
  void hang_up() { sending_.clear(); }
  /// Asked once for every byte, in each direction; only `lose` counts for one from the host.
  void set_faults(std::function<Fault()> to_host, std::function<Fault()> from_host = {});
  /// Bytes as they arrive at the host, out of nowhere.
  void disturb(Time now, const Bytes& bytes);
  /// The same device, made otherwise from now on.
  void remake(Make make) { make_ = make; }

  // The world.
  /// What is due by `now` happens. Everything else calls it too.
  void tick(Time now);
  /// When tick() has something to do by itself.
  [[nodiscard]] std::optional<Time> next_moment() const;
  /// False: the slot is shut or busy. A position beyond those that it knows is not recognised.
  bool insert(Time now, int position);
  /// A trouble begins (0x20 to 0x28, in the standard numbering) or, with 0, ends.
  void trouble(Time now, int code);
  void cut_power(Time now, Time off_for = Time(0));

  // The truth.
  [[nodiscard]] const std::vector<Note>& notes() const { return notes_; }
  [[nodiscard]] bool enabled(Time now) const;
  [[nodiscard]] bool busy() const { return moving_ || held(); }
  [[nodiscard]] bool held() const { return !notes_.empty() && notes_.back().fate == Fate::held; }
  /// A note is held, and the host has decided nothing about it.
  [[nodiscard]] bool waits() const { return held() && !moving_; }
  [[nodiscard]] const Make& make() const { return make_; }

 private:
  struct Piece {
    Time at;
    std::uint8_t byte;
    bool damaged;
  };
  enum class Move { draw_in, stack, give_back, refuse };
  struct Moving {
    Move move;
    Time due;
  };

  void serve(Time now, int byte);
  void say(Time at, int byte);
  void finish(Time now);
  void announce(Time now);
  void greet(Time now);
  void begin(Time now, Move move, Time lasts) { moving_ = Moving{move, now + lasts}; }
  [[nodiscard]] int number(int trouble) const;

  Make make_;
  std::function<Fault()> to_host_;
  std::function<Fault()> from_host_;
  std::deque<Piece> sending_;
  std::vector<Note> notes_;
  std::optional<Moving> moving_;
  Time held_until_{};
  Time announced_at_{};
  bool enabled_ = false;
  int trouble_ = 0;
  Time polled_at_{};
  std::optional<Time> power_at_;  // when it comes back
};

}  // namespace yijuan::ict_fake
