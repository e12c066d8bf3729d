// What a disk that went back in time tells a second time. An acceptor remembers its last few events
// and tells them again to a box that does not know them; the ledger had them in other histories of
// that box: the log, other forks of it, logs of before and after. They are no other pieces.
#pragma once

#include <vector>

#include "ledger/store/ledger_store.hpp"
#include "tlog/entry.hpp"

namespace yijuan::ledger {

/// Of a fork that is found now, whose own entries begin at `own`: the last pieces of each acceptor,
/// 16 at most, in all that is stored of its box, the history that was heard last first. Of its log
/// only what came after their common beginning.
Result<Retold> find_retold(LedgerStore& store, const LogState& fork, Seq own);

/// The pieces themselves; of entries that a restored ledger has not fetched again, none.
Result<std::vector<tlog::Cash>> retold_pieces(LedgerStore& store, const Retold& retold);

}  // namespace yijuan::ledger
