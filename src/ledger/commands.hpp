// What ledgerctl can ask of a ledger, whether a daemon runs it or ledgerctl itself, on a stopped
// daemon's store and under its lock. Blocking.
#pragma once

#include <boost/json/object.hpp>
#include <functional>
#include <string_view>

#include "ledger/ledger_config.hpp"
#include "ledger/office/office.hpp"
#include "ledger/store/ledger_store.hpp"
#include "net/control_socket.hpp"

namespace yijuan::ledger {

struct CommandContext {
  const LedgerConfig& config;
  LedgerStore& store;
  WallTime now;
  Office* office;  // null: it has no key
  std::function<void(std::uint64_t done, std::uint64_t of)> progress;
  std::function<bool()> stopped = {};  // a long command asks it, and ends early
};

struct Command {
  std::string_view name;
  bool writes = false;  // and is for the owner only
  Result<boost::json::object> (*run)(const CommandContext& context,
                                     const boost::json::object& arguments) = nullptr;
  bool apart = false;  // long, or of files only: must not keep batches waiting
};

/// Null if there is no such command.
const Command* find_command(std::string_view name);

}  // namespace yijuan::ledger
