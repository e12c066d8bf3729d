// What must be true when a day has come to its end: journals, ledger and what lies in the boxes say
// the same to the fen (I3, I5, I6, I8).
#pragma once

#include <memory>
#include <vector>

#include "chronicle.hpp"
#include "cosigned_logs.hpp"
#include "sim_box.hpp"

namespace yijuan::sim {

struct FinalWorld {
  Chronicle& chronicle;
  CosignedLogs& cosigned;
  ledger::LedgerStore& store;
};

/// REQUIRES: the boxes have stopped.
void final_check(const FinalWorld& world, const std::vector<std::unique_ptr<SimBox>>& boxes);

}  // namespace yijuan::sim
