// What becomes of a batch that belongs to another history than the cosigned one: a disk that was
// rolled back or cloned and went on. Such a history is evidence, and there may be money in it.
#pragma once

#include "ledger/batch_case.hpp"

namespace yijuan::ledger {

/// Kept apart if the log's key signed all of it: the batch must show where it leaves the cosigned
/// history, or go on from what was kept. At most kMostQuarantined entries of a log. An error is the
/// store's.
Result<Checked> fork_of(const Ingest& ingest, const Case& what, const Known& known,
                        const std::string& text);

}  // namespace yijuan::ledger
