// The statements with which PostgresStore writes. What is queued is sent and answered with the next
// finish() of the connection, at the latest with its COMMIT. Private to the store.
#pragma once

#include "ledger/store/ledger_store.hpp"
#include "ledger/store/postgres/postgres_store.hpp"

namespace yijuan::ledger::postgres {

/// Queues what makes the log's sums those of `log`; the answer tells whether it was of that size.
void send_totals(Connection& connection, const LogState& log, std::uint64_t expected_size);
/// Queues what makes its floor and its doubt those of `log`; the answer tells the same.
void send_floor(Connection& connection, const LogState& log);
/// Queues the mark that an entry of the office was posted to this box.
void send_posted(Connection& connection, const std::string& box, const OfficeEntry& entry);
/// Queues what replaces the notes about to be stacked.
void send_pending(Connection& connection, const LogState& log);
/// Adds newly open cash and entries of unknown type: by the thousand where a box was alone for
/// long.
Result<void> copy_cash(Connection& connection, const LogState& log, const BookChanges& changes);
/// Queues what adds to the sums of a box.
void send_books(Connection& connection, const std::string& box, const BookChanges& changes);
void send_alarm(Connection& connection, const Alarm& alarm);

/// A batch with all that it changes, if the log is where it was. `done_before`: an attempt whose
/// answer was lost may have done it: then that is found out. The last statements stay queued.
Result<Appended> put_batch(Connection& connection, const Appending& appending, bool done_before);

/// The same of many batches at once, without the books.
Result<Appended> put_history(Connection& connection, const History& history, bool done_before);

/// What an entry of the office changes in a box, once; `done_before` as above.
Result<Posted> put_posting(Connection& connection, const OfficePosting& posting, bool done_before);

}  // namespace yijuan::ledger::postgres
