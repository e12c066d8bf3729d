// A simulated coin acceptor: it has a counter, a memory of five events and a wire, and no clock,
// thread or port. Bytes and moments go in, bytes and moments come out. It is written from the
// protocol's facts and shares no code with the driver that it tests.
//
// It may inject these faults, and no others:
//   on a reply    lost; one bit flipped; cut in half; noise before it; sent from (or to) another
//                 address; 400 ms late. The command itself was done in every case.
//   of power      off for a time: silent, no echo; counter 0, memory empty and everything inhibited
//                 afterwards; coins still falling are swallowed without an event.
//   of make       headers that are answered by silence or NAK; a first poll at counter 0 that is
//                 followed by a dummy event; a counter that goes up by five modulo 255; value
//                 codes for credits; replies scrambled as by encryption; four sorter paths;
//                 inhibits kept over a power cut; inhibiting itself when it is not polled.
// It never changes an event, never counts a coin twice and never forgets one but by these.
#pragma once

#include <array>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "drivers/cctalk/fake_wire.hpp"

namespace yijuan::cctalk_fake {

inline constexpr int kPositions = 16;

/// How this device is made.
struct Make {
  int address = 2;
  bool crc = false;
  bool echo = true;
  bool paced = false;  // bytes take their time at 9600 baud
  std::uint32_t serial = 1234567;
  std::string maker = "SIM";
  std::string product = "YJ-SIM";
  std::string software = "SIM-1.0";
  std::string build = "STD";
  std::array<std::string, kPositions> coins = {"CN100A", "CN100B", "CN050A", "CN010A"};
  bool sorter = false;
  bool four_paths = false;   // a sorter path is four bytes
  bool value_codes = false;  // option flags say that credits are values
  bool scrambled = false;    // speaks encrypted
  Time answer_after = std::chrono::milliseconds(2);
  Time fall = Time(0);          // from being accepted to its event
  Time patience = Time::max();  // without a poll for longer, it inhibits itself
  std::map<int, Missing> missing{};
  bool dummy_first_event = false;
  bool counts_by_five = false;
  bool keeps_inhibits = false;
  bool tells_refusals = true;  // an event for every coin that it refuses
};

/// What became of a coin that was dropped in.
enum class Fate { accepted, refused, lost_power };

struct AcceptedCoin {
  Time at{};
  int position = 0;
  int counter = 0;  // of its event; 0 if the power went before
};

class FakeAcceptor : public FakeDevice {
 public:
  explicit FakeAcceptor(Make make);

  // The wire.
  void receive(Time now, BytesView bytes) override;
  Bytes transmit(Time now) override { return wire_.transmit(now); }
  [[nodiscard]] std::optional<Time> next_transmission() const override {
    return wire_.next_transmission();
  }
  void hang_up() override { wire_.hang_up(); }
  /// Asked once for every reply.
  void set_faults(std::function<Fault()> faults) { wire_.set_faults(std::move(faults)); }

  // The world.
  /// Coins that fell far enough by `now` make their events. Everything else calls it too.
  void tick(Time now) { advance(now); }
  Fate drop_coin(Time now, int position);
  /// An event without a coin: a reject, an error.
  void raise(Time now, int code);
  /// Takes up where another one stopped that kept its power: the coins that it took, oldest first,
  /// each with the counter of its event, and all its coins enabled. What was an event between two
  /// coins is a refusal here. REQUIRES: new, and it counts by one.
  void take_up(const std::vector<AcceptedCoin>& earlier);
  void cut_power(Time now, Time off_for = Time(0)) { restart(now, off_for, false); }
  void set_self_check(int code, std::optional<int> extra = {}) {
    self_check_ = code;
    self_check_extra_ = extra;
  }

  // The truth.
  [[nodiscard]] bool enabled(Time now, int position) const;
  [[nodiscard]] bool falling() const { return !falling_.empty(); }
  [[nodiscard]] int counter() const { return counter_; }
  [[nodiscard]] const std::vector<AcceptedCoin>& accepted() const { return accepted_; }
  [[nodiscard]] const Make& make() const { return make_; }
  [[nodiscard]] int replies() const { return wire_.replies(); }
  [[nodiscard]] bool master() const { return master_; }
  [[nodiscard]] unsigned mask() const { return mask_; }
  [[nodiscard]] int path(int position) const;

 private:
  struct Falling {
    Time due;
    std::size_t coin;
  };

  void advance(Time now);
  void restart(Time now, Time off_for, bool finishing);
  void add_event(int a, int b);
  void serve(Time now, const Message& request);
  std::optional<Bytes> answer(Time now, const Message& request);
  std::optional<Bytes> answer_text(int header) const;
  std::optional<Bytes> answer_inhibits(const Message& request);
  std::optional<Bytes> answer_credits(Time now);
  std::optional<Bytes> answer_paths(const Message& request);
  std::optional<Bytes> answer_self(int header) const;
  [[nodiscard]] bool powered(Time now) const { return now >= off_until_; }

  Make make_;
  FakeWire wire_;
  std::deque<Falling> falling_;
  std::vector<AcceptedCoin> accepted_;
  std::deque<std::array<int, 2>> memory_;  // newest first
  std::array<int, kPositions> paths_{};
  int counter_ = 0;
  unsigned mask_ = 0;
  bool master_ = false;
  int self_check_ = 0;
  std::optional<int> self_check_extra_;
  std::array<unsigned, 4> totals_{};  // inserted, accepted, rejected, fraud: kept without power
  Time off_until_{};
  Time polled_at_{};
};

}  // namespace yijuan::cctalk_fake
