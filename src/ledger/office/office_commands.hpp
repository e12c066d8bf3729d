// The office's commands about its own log, lost logs and forks, for commands.cpp's table. All need
// office.key (LedgerErrc::no_office_key), but for the lists.
#pragma once

#include "ledger/commands.hpp"

namespace yijuan::ledger {

/// {}; answers {"text", "blocked": true or false}. Changes nothing: any of the office may ask.
Result<boost::json::object> office_status(const CommandContext& context,
                                          const boost::json::object& arguments);
/// {"public": a checkpoint's note or ""}; answers {"text"}.
Result<boost::json::object> office_resume(const CommandContext& context,
                                          const boost::json::object& arguments);
/// {"why"}; answers {"text"}.
Result<boost::json::object> office_declare_hole(const CommandContext& context,
                                                const boost::json::object& arguments);
/// {"origin", "why"}; answers {"text"}.
Result<boost::json::object> log_lost(const CommandContext& context,
                                     const boost::json::object& arguments);
/// {"format"}; answers {"text"}.
Result<boost::json::object> quarantine_list(const CommandContext& context,
                                            const boost::json::object& arguments);
/// {"origin", "format"}; answers {"text"}.
Result<boost::json::object> quarantine_show(const CommandContext& context,
                                            const boost::json::object& arguments);
/// {"origin"}; answers {"text"}.
Result<boost::json::object> quarantine_post(const CommandContext& context,
                                            const boost::json::object& arguments);
/// {"folder"}; answers {"text"}.
Result<boost::json::object> backup_command(const CommandContext& context,
                                           const boost::json::object& arguments);

}  // namespace yijuan::ledger
