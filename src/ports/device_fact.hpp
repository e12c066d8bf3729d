// What devices report: facts, oldest first, into one bounded queue that the kiosk's loop reads.
// A device decides nothing about money.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "async/bounded_queue.hpp"
#include "async/clock.hpp"
#include "base/fen.hpp"

namespace yijuan {

/// One event of an acceptor that concerns a piece of money.
struct CashAccepted {
  int counter = 0;   // the device's event counter for this event
  int position = 0;  // coin or note position in the device, 1..
  Fen amount;        // from the configured table
};
/// A coin or note that was not taken, or an error that may have touched one.
struct CashReturned {
  int code = 0;          // the device's own code
  std::string text;      // its name
  bool returned = true;  // false where the device cannot say that the piece came back
  bool alarm = false;    // fraud or hardware: somebody must look
};
using CashEvent = std::variant<CashAccepted, CashReturned>;

/// How far an acceptor's events are known. Stored in the same transaction as the entries made from
/// them, so that a restart asks the device only for what is missing.
struct CounterMark {
  std::string device;  // "coin"
  std::string serial;
  int counter = 0;     // 0 only right after the device's power-up
  bool quiet = false;  // the device was inhibited and drained at this mark: nothing can be missing
  friend bool operator==(const CounterMark&, const CounterMark&) = default;
};

/// Events of one poll. Journaled as a whole, together with `mark`.
struct CashReport {
  CounterMark mark;                   // after the events
  std::vector<CashEvent> events;      // oldest first
  std::optional<std::uint32_t> lost;  // events before these that the device no longer held
  bool restarted = false;  // the device lost its memory: what it took just before is unknown
  Instant heard{};         // when the bytes came, for measuring; zero: not known
};

/// A device was identified.
struct DeviceFound {
  std::string device;
  std::string maker, product, serial, firmware;
};
/// A device works (code empty) or does not: what, for people.
struct DeviceState {
  std::string device;
  std::string code;  // a stable word: "offline", "table mismatch", "paper out" …
  std::string text;
};

using DeviceFact = std::variant<CashReport, DeviceFound, DeviceState>;
using DeviceFacts = BoundedQueue<DeviceFact>;

}  // namespace yijuan
