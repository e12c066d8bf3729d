#include "ledger/store/sqlite/migration.hpp"

#include "ledger/store/sqlite/schema.hpp"

namespace yijuan::ledger {

Result<void> add_tables_of_version_3(Connection& writer) {
  auto done = writer.number("SELECT count(*) FROM pragma_table_info('logs') WHERE name='kind'");
  if (!done) return done.error();
  if (*done != 0) return {};
  auto transaction = Transaction::begin(writer);
  if (!transaction) return transaction.error();
  auto added = writer.execute(
      "ALTER TABLE logs ADD COLUMN kind TEXT NOT NULL DEFAULT 'box';"
      "ALTER TABLE logs ADD COLUMN base INTEGER NOT NULL DEFAULT 0;"
      "ALTER TABLE logs ADD COLUMN retold TEXT NOT NULL DEFAULT '';"
      "ALTER TABLE logs ADD COLUMN posted INTEGER NOT NULL DEFAULT 0;"
      "ALTER TABLE logs ADD COLUMN floor_size INTEGER;"
      "ALTER TABLE logs ADD COLUMN floor_root BLOB;"
      "ALTER TABLE logs ADD COLUMN unsure INTEGER NOT NULL DEFAULT 0;" +
      std::string(kOfficePostings));
  if (!added) return added;
  return transaction->commit();
}

}  // namespace yijuan::ledger
