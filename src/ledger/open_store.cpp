#include "ledger/open_store.hpp"

#include <fmt/format.h>

#include "base/log.hpp"
#include "ledger/store/postgres/postgres_store.hpp"
#include "ledger/store/sqlite/sqlite_store.hpp"

namespace yijuan::ledger {

Result<std::unique_ptr<LedgerStore>> open_store(const LedgerConfig& config,
                                                const RebuildProgress& progress) {
  if (!config.postgres.empty()) {
    auto store = PostgresStore::open({.where = config.postgres, .limits = {}});
    if (!store) return store.error();
    return std::unique_ptr<LedgerStore>(std::move(*store));
  }
  auto store = SqliteStore::open({.path = config.store.string()});
  if (!store) return store.error();
  if ((*store)->has_old_books()) {
    log_info("store", "of an earlier version: making its books again");
    auto rebuilt = rebuild_books(**store, progress);
    if (!rebuilt) return rebuilt.error();
    log_info("store", fmt::format("{} entries of {} logs are in the books of this version",
                                  rebuilt->entries, rebuilt->logs));
  }
  return std::unique_ptr<LedgerStore>(std::move(*store));
}

Result<std::unique_ptr<LedgerStore>> make_store(const LedgerConfig& config) {
  if (!config.postgres.empty()) {
    auto store = PostgresStore::open({.where = config.postgres, .limits = {}, .make = true});
    if (!store) return store.error();
    return std::unique_ptr<LedgerStore>(std::move(*store));
  }
  auto store = SqliteStore::open({.path = config.store.string(), .make = true});
  if (!store) return store.error();
  return std::unique_ptr<LedgerStore>(std::move(*store));
}

}  // namespace yijuan::ledger
