// The move of a ledger from one store to another: everything that is true is copied, the books are
// made again from it, and then both are held against each other. Cut short, it goes on where it was
// when it is begun again; the half-filled store is opened by nobody else.
#pragma once

#include <functional>
#include <string>

#include "ledger/reports/table.hpp"
#include "ledger/store/postgres/postgres_store.hpp"

namespace yijuan::ledger {

struct Migrated {
  std::uint64_t entries = 0;
  Table proof;         // a row for each log, and for each kind of sum
  bool equal = false;  // in every row
};
using MigrationProgress = std::function<void(std::uint64_t done, std::uint64_t of)>;

/// `name`: of the ledger, so that no other's copy is gone on with. REQUIRES: nobody writes to
/// `from`. LedgerErrc::store_foreign: `to` holds what `from` does not; store_damaged: entries of
/// `from` do not give its roots. `to` is closed to others until both are equal.
Result<Migrated> migrate_store(LedgerStore& from, PostgresStore& to, const std::string& name,
                               const MigrationProgress& progress);

}  // namespace yijuan::ledger
