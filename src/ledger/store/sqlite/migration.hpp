// What turns the file of the version before into one of today's. Private to the store.
#pragma once

#include "ledger/store/sqlite/connection.hpp"

namespace yijuan::ledger {

/// Gives a file of version 2 the tables of version 3; doing it twice is safe. `user_version` stays
/// 2 until the books are made again (replace_books), in one transaction with them.
Result<void> add_tables_of_version_3(Connection& writer);

}  // namespace yijuan::ledger
