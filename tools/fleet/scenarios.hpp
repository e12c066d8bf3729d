// What is done with a fleet. Each prints its figures, one a line, and ends with what was promised
// and does not hold, if anything.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "tools/fleet/fleet.hpp"

namespace yijuan::fleet {

using Wrong = std::vector<std::string>;

struct Plan {
  std::chrono::seconds outage{10};  // storm
  double hours = 0.5;               // day
  std::chrono::seconds think{180};  // day: between two coins of a box, on average
  std::uint64_t memory = 0;         // bytes that ledgerd may take; 0: as its limits allow
};

/// ledgerd is killed; meanwhile coins fall, and boxes try in vain. Then all come back.
Wrong storm(Fleet& fleet, const Plan& plan);
/// Heartbeats, and coins as donors come, for a part of a day.
Wrong day(Fleet& fleet, const Plan& plan);
/// All boxes bring what they have to a ledger whose disk takes long to sync.
Wrong slow_store(Fleet& fleet, const Plan& plan);

/// What must hold at the end of each: all in sync, every gift counted once, memory within bounds,
/// Retry-After obeyed, the store verified.
Wrong reckon(Fleet& fleet, const Plan& plan);

}  // namespace yijuan::fleet
