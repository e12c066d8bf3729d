// The office's commands about boxes: who may send to this ledger.
#pragma once

#include "ledger/commands.hpp"

namespace yijuan::ledger {

/// "box", "request", "again": yes or no. {"identity", "warning"}: the answer to the box's request.
Result<boost::json::object> box_add(const CommandContext& context,
                                    const boost::json::object& arguments);
/// "box", "request". {"identity"}: a new certificate for the keys and the log that the box has.
Result<boost::json::object> box_renew(const CommandContext& context,
                                      const boost::json::object& arguments);
/// "box". {"warning"}.
Result<boost::json::object> box_revoke(const CommandContext& context,
                                       const boost::json::object& arguments);
/// {"text"}.
Result<boost::json::object> box_list(const CommandContext& context,
                                     const boost::json::object& arguments);

}  // namespace yijuan::ledger
