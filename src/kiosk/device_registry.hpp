// What is known of every device that the configuration has a section for: what it says it is, how
// it is and since when, what it counted. Fed with facts as they come; boxctl devices shows it.
// Pure: no device is asked, and nothing about money is decided from it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "async/clock.hpp"
#include "ports/device_fact.hpp"

namespace yijuan::kiosk {

/// One section of the configuration.
struct DeviceRow {
  std::string name;    // "coin"
  std::string driver;  // "none": the box has no such device
  std::string port;    // as configured; empty where it has none
  std::optional<DeviceFound> found{};
  std::optional<DeviceState> state{};  // nothing: not heard of in this run
  Instant since{};                     // of the state: first heard
  std::uint64_t failures = 0;          // in this run
  std::uint64_t pieces = 0;            // accepted in this run
  Fen sum{};
  std::uint64_t refused = 0;  // pieces that went back; what may lie in the box is none
  std::vector<std::pair<std::string, std::uint64_t>> counters{};  // the device's own totals

  [[nodiscard]] bool configured() const { return driver != "none"; }
  [[nodiscard]] bool works() const { return state && state->code.empty(); }
};

class DeviceRegistry {
 public:
  /// A section; the order of these calls is the order of rows().
  void add(std::string name, std::string driver, std::string port);

  void hear(const DeviceFact& fact, Instant now);
  /// As a DeviceState among the facts, for devices whose state comes another way.
  void hear_state(const DeviceState& state, Instant now);

  struct Contact {
    bool active = false;
    Instant since{};
  };

  [[nodiscard]] const std::vector<DeviceRow>& rows() const { return rows_; }
  /// The row of that section, or null.
  [[nodiscard]] const DeviceRow* row(std::string_view name) const;
  /// By contact: "door", "tilt" …
  [[nodiscard]] const std::map<std::string, Contact, std::less<>>& contacts() const {
    return contacts_;
  }
  [[nodiscard]] const BoardReadings& board() const { return board_; }

 private:
  DeviceRow* find(std::string_view name);
  void hear_one(const CashReport& report, Instant now);
  void hear_one(const NoteInEscrow& note, Instant now);
  void hear_one(const DeviceFound& found, Instant now);
  void hear_one(const DeviceCounters& counters, Instant now);
  void hear_one(const DeviceState& state, Instant now);
  void hear_one(const ContactChanged& changed, Instant now);
  void hear_one(const BoardReadings& readings, Instant now);

  std::vector<DeviceRow> rows_;
  std::map<std::string, Contact, std::less<>> contacts_;
  BoardReadings board_;
};

}  // namespace yijuan::kiosk
