// Makes everything derived again from the stored entries, says where it differed, and replaces it.
// Entries, roots and cosigned checkpoints are never touched: if the entries do not give the stored
// root, that is said and stays as it is.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "ledger/store/ledger_store.hpp"

namespace yijuan::ledger {

struct Rebuilt {
  std::uint64_t logs = 0;
  std::uint64_t entries = 0;
  std::vector<std::string> differences;  // in words; empty if the books were right
};
using RebuildProgress = std::function<void(std::uint64_t entries, std::uint64_t of)>;

/// REQUIRES: nobody appends meanwhile.
Result<Rebuilt> rebuild_books(LedgerStore& store, const RebuildProgress& progress);

}  // namespace yijuan::ledger
