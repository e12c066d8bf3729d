// Two stores held against each other, row for row: the proof that one is a copy of the other.
#pragma once

#include <functional>

#include "ledger/reports/table.hpp"
#include "ledger/store/ledger_store.hpp"

namespace yijuan::ledger {

struct Comparison {
  Table table;         // a row for each log, and for each kind of sum
  bool equal = false;  // in every row
};

/// Reads every entry of both, makes the roots again from them, and compares all else that a store
/// tells. `tell` hears of entries read.
Result<Comparison> compare_stores(LedgerStore& one, LedgerStore& other,
                                  const std::function<void(std::uint64_t entries)>& tell);

}  // namespace yijuan::ledger
