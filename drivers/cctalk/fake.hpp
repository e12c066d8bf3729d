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
//                 followed by a dummy event; a counter that goes up by five modulo 255; inhibits
//                 kept over a power cut; inhibiting itself when it is not polled.
// It never changes an event, never counts a coin twice and never forgets one but by these.
#pragma once

#include <array>
#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "drivers/cctalk/fake_codec.hpp"

namespace yijuan::cctalk_fake {

using Time = std::chrono::nanoseconds;

inline constexpr int kPositions = 16;

enum class Missing { silent, nak };
enum class Fault { none, lose, flip, cut, noise, stray, late };

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

class FakeAcceptor {
 public:
  explicit FakeAcceptor(Make make);

  // The wire.
  void receive(Time now, BytesView bytes);
  /// What reached the host by `now`.
  Bytes transmit(Time now);
  [[nodiscard]] std::optional<Time> next_transmission() const;
  /// The host is no longer there: what was on the wire is gone.
  void hang_up();
  /// Asked once for every reply.
  void set_faults(std::function<Fault()> faults) { faults_ = std::move(faults); }

  // The world.
  /// Coins that fell far enough by `now` make their events. Everything else calls it too.
  void tick(Time now) { advance(now); }
  Fate drop_coin(Time now, int position);
  /// An event without a coin: a reject, an error.
  void raise(Time now, int code);
  void cut_power(Time now, Time off_for = Time(0));
  void set_self_check(int code) { self_check_ = code; }

  // The truth.
  [[nodiscard]] bool enabled(Time now, int position) const;
  [[nodiscard]] bool falling() const { return !falling_.empty(); }
  [[nodiscard]] int counter() const { return counter_; }
  [[nodiscard]] const std::vector<AcceptedCoin>& accepted() const { return accepted_; }
  [[nodiscard]] const Make& make() const { return make_; }
  [[nodiscard]] int replies() const { return replies_; }
  [[nodiscard]] bool master() const { return master_; }
  [[nodiscard]] unsigned mask() const { return mask_; }
  [[nodiscard]] int path(int position) const;

 private:
  struct Piece {
    Time at;
    Bytes bytes;
  };
  struct Falling {
    Time due;
    std::size_t coin;
  };

  void advance(Time now);
  void send(Time at, Bytes bytes);
  void add_event(int a, int b);
  void listen(Time now);
  void serve(Time now, const Message& request);
  void reply(Time now, int header, Bytes data);
  std::optional<Bytes> answer(Time now, const Message& request);
  std::optional<Bytes> answer_text(int header) const;
  std::optional<Bytes> answer_inhibits(const Message& request);
  std::optional<Bytes> answer_credits(Time now);
  std::optional<Bytes> answer_paths(const Message& request);
  [[nodiscard]] Time byte_time(std::size_t count) const;
  [[nodiscard]] bool powered(Time now) const { return now >= off_until_; }

  Make make_;
  std::function<Fault()> faults_;
  Bytes heard_;
  Time heard_at_{};
  std::deque<Piece> sending_;
  std::deque<Falling> falling_;
  std::vector<AcceptedCoin> accepted_;
  std::deque<std::array<int, 2>> memory_;  // newest first
  std::array<int, kPositions> paths_{};
  int counter_ = 0;
  unsigned mask_ = 0;
  bool master_ = false;
  int self_check_ = 0;
  Time off_until_{};
  Time polled_at_{};
  int replies_ = 0;
};

}  // namespace yijuan::cctalk_fake
