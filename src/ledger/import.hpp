// Batches that came on a USB stick: the same checks and the same store as over the network. The
// stick proves nothing about who carried it, and need not: every batch is signed by its log.
#pragma once

#include "ledger/commands.hpp"

namespace yijuan::ledger {

/// {"packed": base64} of one batch -> {"origin", "outcome", "text"} and, by outcome:
/// "cosigned": "note", "size" · "stored", "resume": "size" · "forked": "kept" if it is ·
/// "revoked", "busy", "rejected".
Result<boost::json::object> import_batch(const CommandContext& context,
                                         const boost::json::object& arguments);
/// {"text"}: the file of certificates -> {"added": n}. LedgerErrc::bad_argument with why one is
/// refused.
Result<boost::json::object> import_epochs(const CommandContext& context,
                                          const boost::json::object& arguments);

}  // namespace yijuan::ledger
