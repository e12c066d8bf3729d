// The office's reports, made from the store's rows. Blocking.
#pragma once

#include "base/result.hpp"
#include "ledger/reports/table.hpp"
#include "ledger/store/ledger_store.hpp"

namespace yijuan::ledger {

/// Gifts by business day, box, activity and channel, from `from` to `to`, and their total. Test
/// money and what is quarantined follow on lines of their own: in no total, and never left out.
Result<Table> day_report(LedgerStore& store, domain::Day from, domain::Day to);

/// Of every log of every box: last contact, the journal's head as the box told it, the ledger's,
/// how far they are apart, what is not synced as last told, notes in dispute or about to be
/// stacked, test money, lost events, alarms. Forks have rows of their own with what of them is not
/// in the books; a lost log says what is missing; the office's logs come last.
Result<Table> sync_report(LedgerStore& store);

/// The boxes that the ledger knows.
Result<Table> box_report(LedgerStore& store);

}  // namespace yijuan::ledger
