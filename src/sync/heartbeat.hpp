// What a box tells about itself now, which is not history: sent every minute and when something
// changed, kept by the ledger as the box's last word, never booked.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/fen.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace yijuan::sync {

struct Heartbeat {
  struct Device {
    std::string name;  // "coin", "printer"
    std::string code;  // empty: it works
    std::string text;  // for people
    friend bool operator==(const Device&, const Device&) = default;
  };

  /// A total that a device keeps by itself: a second opinion for the audit, in no book.
  struct Counter {
    std::string device;  // "coin"
    std::string name;    // "accepted"
    std::uint64_t count = 0;
    friend bool operator==(const Counter&, const Counter&) = default;
  };

  std::string version;  // of kioskd
  std::string origin;
  std::uint64_t head = 0;      // durable entries
  std::uint64_t cosigned = 0;  // of them cosigned by the ledger, as the box knows
  std::uint64_t unsynced = 0;  // cash entries not yet cosigned
  Fen unsynced_sum;            // and their sum
  bool open = false;           // takes money now
  std::vector<Device> devices;
  std::vector<Counter> counters;
  std::optional<std::string> paper;  // "ok", "low", "out"
  std::optional<bool> mains;         // false: on battery
  std::optional<int> battery_percent;
  std::optional<int> signal_percent;  // of the radio link
  std::optional<std::uint64_t> pack;  // version in force
  WallReading clock;                  // at sending
  Uptime up{};
  std::string alarm;   // text for the office, empty for none
  std::string office;  // the newest checkpoint of the office's log that the box saw
  friend bool operator==(const Heartbeat& a, const Heartbeat& b) {
    return a.same_state(b) && a.head == b.head && a.cosigned == b.cosigned &&
           a.unsynced == b.unsynced && a.unsynced_sum == b.unsynced_sum &&
           a.counters == b.counters && a.battery_percent == b.battery_percent &&
           a.signal_percent == b.signal_percent && a.clock.time == b.clock.time && a.up == b.up &&
           a.office == b.office;
  }

  /// Equal but for what changes with every coin and every minute: no reason to send it early.
  [[nodiscard]] bool same_state(const Heartbeat& other) const;
};

inline constexpr std::size_t kLongestHeartbeat = std::size_t{16} * 1024;

/// Compact JSON. Texts too long are cut, devices and counters beyond 32 left out.
std::string write_heartbeat(const Heartbeat& heartbeat);
/// SyncErrc::bad_heartbeat. Unknown keys are passed over: a newer box may talk to this ledger.
Result<Heartbeat> parse_heartbeat(std::string_view json);

}  // namespace yijuan::sync
