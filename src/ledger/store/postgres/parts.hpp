// What the halves of PostgresStore share. Private to it.
#pragma once

#include "ledger/store/postgres/postgres_store.hpp"
#include "ledger/store/postgres/session.hpp"

namespace yijuan::ledger {

struct PostgresStore::Parts {
  explicit Parts(const Options& options)
      : writer(options.where, options.limits), reader(options.where, options.limits) {}
  postgres::Session writer;
  postgres::Session reader;
};

namespace postgres {

inline constexpr std::string_view kSchemaVersion = "3";  // as SQLite's: store/format.md

/// The box that a log belongs to, as its name says: every table begins with it. Empty for the
/// office's.
std::string box_in(std::string_view origin);

/// Makes the tables where there are none; refuses what is not today's.
Result<void> prepare_schema(Session& session, bool make);

/// config/postgres/schema.sql.
extern const std::string_view kSchema;

}  // namespace postgres
}  // namespace yijuan::ledger
