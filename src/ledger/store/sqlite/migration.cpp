#include "ledger/store/sqlite/migration.hpp"

#include "ledger/store/sqlite/schema.hpp"

namespace yijuan::ledger {

Result<void> add_tables_of_version_2(Connection& writer) {
  auto done = writer.number("SELECT count(*) FROM pragma_table_info('logs') WHERE name='tampers'");
  if (!done) return done.error();
  if (*done != 0) return {};
  auto transaction = Transaction::begin(writer);
  if (!transaction) return transaction.error();
  auto added = writer.execute(
      "ALTER TABLE logs ADD COLUMN disputed_count INTEGER NOT NULL DEFAULT 0;"
      "ALTER TABLE logs ADD COLUMN disputed_fen INTEGER NOT NULL DEFAULT 0;"
      "ALTER TABLE logs ADD COLUMN tampers INTEGER NOT NULL DEFAULT 0;" +
      std::string(kPendingNotes));
  if (!added) return added;
  return transaction->commit();
}

}  // namespace yijuan::ledger
