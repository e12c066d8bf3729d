// What ledgerctl can ask of a ledger, whether a daemon runs it or ledgerctl itself, on a stopped
// daemon's store and under its lock. Blocking.
#pragma once

#include <boost/json/object.hpp>
#include <functional>
#include <string_view>

#include "ledger/ledger_config.hpp"
#include "ledger/store/ledger_store.hpp"
#include "net/control_socket.hpp"

namespace yijuan::ledger {

struct CommandContext {
  const LedgerConfig& config;
  LedgerStore& store;
  WallTime now;
  std::function<void(std::uint64_t done, std::uint64_t of)> progress;
};

struct Command {
  std::string_view name;
  bool writes = false;  // and is for the owner only
  Result<boost::json::object> (*run)(const CommandContext& context,
                                     const boost::json::object& arguments) = nullptr;
};

/// "report", "box_list", "box_add", "box_revoke", "rebuild"; null for others.
const Command* find_command(std::string_view name);

}  // namespace yijuan::ledger
