// The mark in a store whose ledger moved to another one: a forgotten configuration would begin it
// again, and two ledgers would sign for the same boxes. Blocking.
#pragma once

#include <filesystem>

#include "ledger/store/sqlite/connection.hpp"

namespace yijuan::ledger {

/// `to`: for people, without a password. REQUIRES: the daemon's lock, and that nobody has it open.
Result<void> mark_moved(const std::filesystem::path& store, const std::string& to, WallTime now);

/// LedgerErrc::store_moved says where to, and when. Private to the store.
Result<void> expect_not_moved(Connection& connection, const std::string& path);

}  // namespace yijuan::ledger
