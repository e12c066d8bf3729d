// What the office decides, as entries for its log: that a log's disk is lost, that a fork's money
// is to be counted. Reads the store and writes nothing.
#pragma once

#include <optional>
#include <vector>

#include "ledger/office/office_log.hpp"

namespace yijuan::ledger {

/// `lost`, with what the box last said that it had, and a `closing` for each session whose cash is
/// still open. Only what is not in the office's log already. `origin`: of a box's log, or of a fork
/// that is in the books. LedgerErrc::not_done.
Result<std::vector<tlog::Body>> lost_log(LedgerStore& store, OfficeLog& office,
                                         const std::string& origin, const std::string& why);

/// When the box last spoke of this log: a batch, or a heartbeat. Nothing: never.
Result<std::optional<WallTime>> last_heard(LedgerStore& store, const LogState& log);

/// `quarantined` for all entries of the fork that are not in the books yet.
Result<std::vector<tlog::Body>> quarantined_entries(LedgerStore& store, const LogState& fork);

/// What of a fork is not in the books: the sums that it would add. `offices`: the office's logs.
Result<BookChanges> quarantined_books(LedgerStore& store, const LogState& fork,
                                      std::span<const LogState> offices);

/// Of all logs the office's.
std::vector<LogState> offices_of(std::span<const LogState> logs);
/// Cash that went into the box, test money too.
Fen cash_of(const BookChanges& changes);

/// The `lost` entries of the office's logs, the newest of each log.
Result<std::vector<tlog::Lost>> lost_logs(LedgerStore& store, std::span<const LogState> offices);

}  // namespace yijuan::ledger
