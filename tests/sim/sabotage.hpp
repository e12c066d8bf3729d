// Bugs that a test builds into a life, to show that the simulation would see them. Nothing in the
// product knows of these; each wraps a port from outside.
#pragma once

#include <functional>
#include <memory>

#include "ledger/store/ledger_store.hpp"
#include "ports/journal.hpp"
#include "sim_executor.hpp"
#include "tests/support/disk/disk_call.hpp"

namespace yijuan::sim {

struct Sabotage {
  std::function<std::unique_ptr<Journal>(Journal& journal, SimExecutor& later)> journal = {};
  std::function<std::unique_ptr<ledger::LedgerStore>(ledger::LedgerStore& store,
                                                     SimExecutor& later)>
      store = {};
  test::DiskPlan box_disk = {};    // before the world's own plan
  test::DiskPlan store_disk = {};  // the same
};

}  // namespace yijuan::sim
