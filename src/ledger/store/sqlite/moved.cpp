#include "ledger/store/sqlite/moved.hpp"

#include <fmt/format.h>

namespace yijuan::ledger {

Result<void> mark_moved(const std::filesystem::path& store, const std::string& to, WallTime now) {
  auto writer = Connection::open(store.string(), Connection::Mode::write, {});
  if (!writer) return writer.error();
  auto durable = writer->set("synchronous", "FULL", "2");
  if (!durable) return durable;
  auto transaction = Transaction::begin(*writer);
  if (!transaction) return transaction.error();
  const std::string at = to_rfc3339(now);
  auto done =
      writer->execute("CREATE TABLE moved (destination TEXT NOT NULL, at TEXT NOT NULL) STRICT");
  if (done) done = writer->run("INSERT INTO moved VALUES (?, ?)", to, at);
  return done ? transaction->commit() : done;
}

Result<void> expect_not_moved(Connection& connection, const std::string& path) {
  auto marks = connection.number("SELECT count(*) FROM sqlite_schema WHERE name = 'moved'");
  if (!marks) return marks.error();
  if (*marks == 0) return {};
  Statement read = connection.statement("SELECT destination, at FROM moved");
  auto row = read.step();
  if (!row) return row.error();
  const std::string to = *row ? read.text() : "another store";
  const std::string at = *row ? read.text() : "some day";
  return {LedgerErrc::store_moved,
          fmt::format("{}: ledgerctl store migrate moved it to {} at {}; [store] in ledger.toml "
                      "must name that one",
                      path, to, at)};
}

}  // namespace yijuan::ledger
