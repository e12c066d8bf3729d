// A simulated bill validator: an event counter, a memory of five events, a path that holds one
// note, a stacker and a wire; no clock, thread or port. Written from the protocol's facts, it
// shares no code with the driver that it tests.
//
// It may inject these faults, and no others:
//   on a reply    those of fake_wire.hpp.
//   of power      off for a time: silent, no echo; counter 0, memory empty, everything inhibited,
//                 no escrow afterwards. A note in its path is then given back, stacked, or stacked
//                 without a word, as it is made.
//   of the path   a jam that the customer can reach, or not, or in the stacker; a note pulled back;
//                 routing that fails; a note given back in spite of the ACK to "stack"; a note
//                 given back by itself when nobody decides; one stacked that it cannot name.
//   of the stacker  full, removed, faulty.
//   of make       headers that are answered by silence or NAK; a dummy event as the first; inhibits
//                 kept over a power cut; inhibiting itself when it is not polled.
//   of identity   another device in its place.
// It never changes an event, never counts a note twice and never forgets one but by these.
#pragma once

#include <array>
#include <map>
#include <string>
#include <vector>

#include "drivers/cctalk/fake_wire.hpp"

namespace yijuan::cctalk_fake {

inline constexpr int kNotePositions = 16;

/// What a validator does at power-up with a note that it finds in its path.
enum class AfterPower { gives_back, stacks, stacks_silently };

/// How this validator is made.
struct ValidatorMake {
  int address = 40;
  bool crc = false;
  bool echo = true;
  bool paced = false;
  bool scrambled = false;  // speaks encrypted
  std::uint32_t serial = 7654321;
  std::string category = "Bill Validator";
  std::string maker = "SIM";
  std::string product = "YJ-NOTE";
  std::string software = "SIM-1.0";
  std::array<std::string, kNotePositions> notes = {"CN0001A", "CN0005A", "CN0010A",
                                                   "CN0020A", "CN0050A", "CN0100A"};
  unsigned scale = 100;
  int decimals = 2;
  std::size_t mask_bytes = 2;
  bool escrows = true;  // it can hold a note
  Time answer_after = std::chrono::milliseconds(2);
  Time reading = std::chrono::milliseconds(500);  // from insertion to its verdict on the note
  Time moving = std::chrono::milliseconds(700);   // into the stacker, or back out
  Time holding = std::chrono::seconds(30);        // then it gives a held note back
  Time patience = Time::max();                    // without a poll for longer, it inhibits itself
  int room = 600;                                 // notes that its stacker takes
  AfterPower after_power = AfterPower::gives_back;
  std::map<int, Missing> missing{};
  bool dummy_first_event = false;
  bool keeps_inhibits = false;
  bool tells_refusals = true;  // an event for every note that it refuses
};

enum class NoteFate { moving, stacked, given_back, taken_out };
enum class NoteEntry { taken, refused, occupied, no_power };
enum class Jam { reachable, unreachable, stacker };

struct FakeNote {
  Time at{};
  int position = 0;  // 0: one that it could not name
  NoteFate fate = NoteFate::moving;
  int counter = 0;  // of its "stacked" event; 0 while, and if, there is none
};

class FakeValidator : public FakeDevice {
 public:
  explicit FakeValidator(ValidatorMake make);

  // The wire.
  void receive(Time now, BytesView bytes) override;
  Bytes transmit(Time now) override { return wire_.transmit(now); }
  [[nodiscard]] std::optional<Time> next_transmission() const override {
    return wire_.next_transmission();
  }
  void hang_up() override { wire_.hang_up(); }
  void set_faults(std::function<Fault()> faults) { wire_.set_faults(std::move(faults)); }

  // The world.
  /// Notes on their way arrive where they would be by `now`. Everything else calls it too.
  void tick(Time now) { advance(now); }
  NoteEntry insert(Time now, int position);
  /// An event without a note: a reject, fraud, a status.
  void raise(Time now, int code);
  void jam(Time now, Jam jam);
  /// The technician frees the path: a note in it goes on to where it was going.
  void clear_jam(Time now);
  /// The customer pulls out the note that is in the path; `seen`: the validator notices.
  void pull_out(Time now, bool seen);
  void stack_unknown(Time now);
  void set_full(Time now, bool full);
  void set_removed(Time now, bool removed);
  void fail_routes(int count) { failing_routes_ = count; }
  void betray_next_stack() { betraying_ = true; }
  void set_self_check(int code) { self_check_ = code; }
  void cut_power(Time now, Time off_for = Time(0)) { restart(now, off_for, false); }
  /// Another validator of the same make in its place.
  void swap(Time now, std::uint32_t serial);

  // The truth.
  [[nodiscard]] bool enabled(Time now, int position) const;
  [[nodiscard]] bool holding() const { return place_ == Place::escrow; }
  [[nodiscard]] bool busy() const { return place_ != Place::empty; }
  [[nodiscard]] int counter() const { return counter_; }
  [[nodiscard]] const std::vector<FakeNote>& notes() const { return notes_; }
  [[nodiscard]] std::size_t count(NoteFate fate) const;
  [[nodiscard]] const ValidatorMake& make() const { return make_; }
  [[nodiscard]] bool master() const { return master_; }
  [[nodiscard]] std::uint64_t mask() const { return mask_; }
  [[nodiscard]] int mode() const { return mode_; }
  [[nodiscard]] int extensions() const { return extensions_; }
  [[nodiscard]] std::optional<Time> routed_at() const { return routed_at_; }

 private:
  enum class Place { empty, reading, escrow, stacking, returning, stuck };

  void advance(Time now);
  void arrive(Time at);
  void stacked(Time at);
  void move(Place place, Time due);
  void wake(Time at);
  void leave(NoteFate fate);
  void restart(Time now, Time off_for, bool finishing);
  void add_event(int a, int b);
  void serve(Time now, const Message& request);
  std::optional<Bytes> answer(Time now, const Message& request);
  std::optional<Bytes> answer_text(int header) const;
  std::optional<Bytes> answer_switch(const Message& request);
  std::optional<Bytes> answer_events(Time now);
  std::optional<Bytes> answer_id(const Message& request) const;
  Bytes route(Time now, int way);
  std::optional<Bytes> answer_total(const Message& request) const;
  [[nodiscard]] int self_check() const;
  [[nodiscard]] bool powered(Time now) const { return now >= off_until_; }
  [[nodiscard]] FakeNote& note() { return notes_.back(); }

  ValidatorMake make_;
  FakeWire wire_;
  std::vector<FakeNote> notes_;  // the last one is in the path unless that is empty
  Place place_ = Place::empty;
  Place stuck_on_way_to_ = Place::empty;
  Time due_{};
  std::deque<std::array<int, 2>> memory_;  // newest first
  int counter_ = 0;
  std::uint64_t mask_ = 0;
  bool master_ = false;
  int mode_ = 1;
  int self_check_ = 0;
  int in_stacker_ = 0;
  bool full_ = false;
  bool removed_ = false;
  int failing_routes_ = 0;
  bool betraying_ = false;
  int extensions_ = 0;
  std::optional<Time> routed_at_;
  bool waking_ = false;
  Time off_until_{};
  Time polled_at_{};
};

}  // namespace yijuan::cctalk_fake
