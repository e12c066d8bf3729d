// What a disk that went back in time tells a second time. An acceptor remembers its last few events
// and tells them again to a box that does not know them; the ledger had them in other histories of
// that box: the log, other forks of it, logs of before and after. They are no other pieces.
#pragma once

#include <vector>

#include "ledger/log_fold.hpp"
#include "ledger/store/ledger_store.hpp"

namespace yijuan::ledger {

/// Of a fork that now has more entries, from its size on: adds what the box's other histories had
/// last from each acceptor, 16 pieces at most, of the history that was heard last first; of its log
/// what came after their common beginning. What is known already is not added again.
Result<void> learn_retold(LedgerStore& store, LogState& fork);

/// The pieces themselves; of entries that a restored ledger has not fetched again, none.
Result<std::vector<RetoldPiece>> retold_pieces(LedgerStore& store, const Retold& retold);

}  // namespace yijuan::ledger
