// What devices report: facts, oldest first, into one bounded queue that the kiosk's loop reads.
// A device decides nothing about money.
#pragma once

#include <optional>
#include <string>
#include <utility>
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
  int code = 0;              // the device's own code
  std::string text;          // its name
  bool returned = true;      // false where the device cannot say that the piece came back
  bool alarm = false;        // fraud or hardware: somebody must look
  bool from_escrow = false;  // a note that was held, and reported as NoteInEscrow, went back
  bool piece = true;         // false: of the device itself, no coin or note was in it
};
/// A note that was held, of which the device cannot tell whether it was stacked or went back.
struct NoteUnclear {
  std::string text;  // why, for people
};
using CashEvent = std::variant<CashAccepted, CashReturned, NoteUnclear>;

/// How far an acceptor's events are known. Stored in the same transaction as the entries made from
/// them, so that a restart asks the device only for what is missing.
struct CounterMark {
  std::string device;  // "coin", "note": the config section
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
  bool swapped = false;    // another device than the mark's: what the old one took last is unknown
  Instant heard{};         // when the bytes came, for measuring; zero: not known
};

/// A note is held and waits for NoteAcceptor::decide().
struct NoteInEscrow {
  CounterMark mark;  // after the event
  int counter = 0;   // the device's event counter of the event; names the note
  Fen amount;        // from the configured table
  Instant heard{};   // when the bytes came
};

/// A device was identified.
struct DeviceFound {
  std::string device;
  std::string maker, product, serial, firmware;
  std::string limits{};  // what it cannot do, for people: "no recovery: …"; empty for none
  friend bool operator==(const DeviceFound&, const DeviceFound&) = default;
};
/// Totals that a device keeps itself, for the audit: "inserted", "accepted", "rejected", "fraud".
struct DeviceCounters {
  std::string device;
  std::vector<std::pair<std::string, std::uint64_t>> totals;
};
/// A device works (code empty) or does not: what, for people.
struct DeviceState {
  std::string device;
  std::string code;  // a stable word: "offline", "table mismatch", "paper out" …
  std::string text;
  friend bool operator==(const DeviceState&, const DeviceState&) = default;
};

/// A contact of the box as it is now, after its debounce.
struct ContactChanged {
  std::string contact;  // "door", "tilt", "full", "mains", "battery_low": the name configured
  bool active = false;  // door: open; tilt: moved; full: full; mains: lost; battery_low: low
};

/// The machine's own readings; nothing where it has no such sensor.
struct BoardReadings {
  std::optional<bool> mains;  // false: on battery
  std::optional<int> battery_percent;
  std::optional<int> signal_percent;  // of the mobile network
  friend bool operator==(const BoardReadings&, const BoardReadings&) = default;
};

using DeviceFact = std::variant<CashReport, NoteInEscrow, DeviceFound, DeviceCounters, DeviceState,
                                ContactChanged, BoardReadings>;
using DeviceFacts = BoundedQueue<DeviceFact>;

}  // namespace yijuan
