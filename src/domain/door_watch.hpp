// What the contacts at the box's door and its tilt sensor say, against who may open it: turns
// changes into `door` entries, and knows whether the door is open and whether somebody may have
// opened it. A pure state machine.
//
// Invariant: a door that was opened without authority is a tamper until it is closed, or until
// somebody with authority takes it over; a restart does not make it lawful.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "tlog/entry.hpp"

namespace yijuan::domain {

enum class DoorState { closed, open, tampered };

/// How long an unlocked door may stay closed before the authority to open it ends.
inline constexpr std::chrono::minutes kAuthorityLasts{5};

class DoorWatch {
 public:
  /// Takes an entry of the log at the start: what it says already is not said again.
  void recall(const tlog::Door& entry);

  /// The contact "door" (active: open) or "tilt" (active: moved) as it is now. The entry to append,
  /// if anything changed; every other contact is none of the door's.
  std::optional<tlog::Door> contact(std::string_view contact, bool active, Uptime now);
  /// Somebody may open: the door, once, within kAuthorityLasts; and what moves meanwhile is lawful.
  /// An open door is theirs from now on. REQUIRES: `authority` is not empty.
  tlog::Door unlocked(std::string authority, Uptime now);

  /// As the contact said in this run; closed before it said anything.
  [[nodiscard]] DoorState state() const;
  /// The newest entry of each contact, for a snapshot of the log; an open door's has the authority
  /// of whoever took it over.
  [[nodiscard]] const std::map<std::string, tlog::Door, std::less<>>& entries() const {
    return last_;
  }

 private:
  struct Authority {
    std::string who;
    Uptime until{};
  };
  /// Whoever has the door: who may open it, or took the open one over; empty: nobody.
  [[nodiscard]] std::string authority(Uptime now) const;
  void take_over(const std::string& who);
  [[nodiscard]] bool logged_open() const;

  std::map<std::string, tlog::Door, std::less<>> last_;  // by contact
  std::optional<Authority> authority_;                   // to open the closed door
  std::optional<bool> open_;                             // as heard in this run
};

}  // namespace yijuan::domain
