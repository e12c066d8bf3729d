// The office's commands about the public log, for commands.cpp's table.
#pragma once

#include "ledger/commands.hpp"
#include "ledger/public/publisher.hpp"

namespace yijuan::ledger {

/// What a ledger with this configuration publishes; `office`, if there is one, gets the digests.
/// REQUIRES: config.published.folder is not empty.
Publication publication_of(const LedgerConfig& config, OfficeLog* office);

/// Publishes, and raises and logs what is wrong.
Result<Published> publish_and_raise(const Publication& publication, LedgerStore& store,
                                    WallTime now);

/// {"repair": "yes" or "no"}; answers {"logs", "entries", "mended", "notes": [text], "refused":
/// [text]}.
Result<boost::json::object> publish_command(const CommandContext& context,
                                            const boost::json::object& arguments);
/// {"origin", "seq"}; answers {"proof": text}, checked against the stored entry.
Result<boost::json::object> proof_command(const CommandContext& context,
                                          const boost::json::object& arguments);
/// {"name", "until": a day or ""}; answers {"token"}.
Result<boost::json::object> auditor_add(const CommandContext& context,
                                        const boost::json::object& arguments);
Result<boost::json::object> auditor_remove(const CommandContext& context,
                                           const boost::json::object& arguments);
/// {"format"}; answers {"text"}.
Result<boost::json::object> auditor_list(const CommandContext& context,
                                         const boost::json::object& arguments);

}  // namespace yijuan::ledger
