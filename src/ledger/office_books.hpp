// What entries of the office's log change in the books of a box: pure, the one function behind
// posting and rebuild.
#pragma once

#include <span>

#include "ledger/books.hpp"
#include "tlog/entry.hpp"

namespace yijuan::ledger {

/// The business day of an entry of the office's log: ledgerd's clock is the reference.
domain::Day office_day(const tlog::Header& header);

/// The gift that the office writes for cash that a log left open. Only what of it is still `open`
/// counts; nothing changes if none is.
BookChanges closing_changes(const tlog::Closing& closing, domain::Day day,
                            std::span<const domain::CashPiece> open);

}  // namespace yijuan::ledger
