// What was published of one of the office's logs and is held no more, once the office has declared
// the hole: no fault any longer, and to be told. Blocking.
#pragma once

#include <optional>
#include <string>

#include "ledger/store/ledger_store.hpp"
#include "tlog/checkpoint.hpp"

namespace yijuan::ledger {

/// "ledger.example/office/1: 5 entries are published and 3 are held: declared as a hole on
/// 2026-10-17". Nothing if `log` begins with what is published, if the next log declares no hole of
/// it, or another one than this.
Result<std::optional<std::string>> declared_hole(LedgerStore& store, const LogState& log,
                                                 const tlog::Checkpoint& published);

}  // namespace yijuan::ledger
