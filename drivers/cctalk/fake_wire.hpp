// The wire of a simulated ccTalk device: collects commands out of bytes, echoes, answers in time,
// and does to the answers what a bad line does. No clock, thread or port; the device that owns it
// says what a command means.
//
// Faults of a reply (the command itself was done in every case): lost; one bit flipped; cut in
// half; noise before it; sent from (or to) another address; 400 ms late.
#pragma once

#include <chrono>
#include <deque>
#include <functional>

#include "drivers/cctalk/fake_codec.hpp"

namespace yijuan::cctalk_fake {

using Time = std::chrono::nanoseconds;

enum class Missing { silent, nak };
enum class Fault { none, lose, flip, cut, noise, stray, late };

/// What hangs on a simulated cable.
class FakeDevice {
 public:
  virtual ~FakeDevice() = default;

  virtual void receive(Time now, BytesView bytes) = 0;
  /// What reached the host by `now`.
  virtual Bytes transmit(Time now) = 0;
  [[nodiscard]] virtual std::optional<Time> next_transmission() const = 0;
  /// The host is no longer there: what was on the wire is gone.
  virtual void hang_up() = 0;
};

class FakeWire {
 public:
  struct Make {
    int address = 0;
    bool crc = false;
    bool echo = true;
    bool paced = false;  // bytes take their time at 9600 baud
    Time answer_after{};
    bool scrambled = false;  // encrypted: of a reply only destination and length are plain
  };
  using Serve = std::function<void(Time, const Message&)>;

  explicit FakeWire(Make make) : make_(make) {}

  /// Gives `serve` every whole command for this device.
  void receive(Time now, BytesView bytes, const Serve& serve);
  void reply(Time now, int header, Bytes data);
  Bytes transmit(Time now);
  [[nodiscard]] std::optional<Time> next_transmission() const;
  void hang_up();
  /// Power went: what had been answered before is still on its way if `finishing`.
  void reset(bool finishing);
  /// Asked once for every reply.
  void set_faults(std::function<Fault()> faults) { faults_ = std::move(faults); }
  [[nodiscard]] int replies() const { return replies_; }

 private:
  struct Piece {
    Time at;
    Bytes bytes;
  };

  void send(Time at, Bytes bytes);
  [[nodiscard]] Time byte_time(std::size_t count) const;

  Make make_;
  std::function<Fault()> faults_;
  Bytes heard_;
  Time heard_at_{};
  std::deque<Piece> sending_;
  int replies_ = 0;
};

}  // namespace yijuan::cctalk_fake
