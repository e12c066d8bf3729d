// The reference: the rows of a batch and what it adds to the sums, put into the same tables under
// the same pragmas by prepared statements, and nothing else: no parsing, no hashes, no checks.
#pragma once

#include <sqlite3.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tools/bench_ledger/intake.hpp"

namespace yijuan::bench {

class BareLoop {
 public:
  explicit BareLoop(const std::filesystem::path& path);
  ~BareLoop();
  BareLoop(const BareLoop&) = delete;
  BareLoop& operator=(const BareLoop&) = delete;

  /// One transaction.
  void put(const Rows& rows);
  /// Reads every line in the order of its log and hashes it; how many there were.
  std::uint64_t scan_and_hash();
  /// The same with parsing: the least that a rebuild must do.
  std::uint64_t scan_and_parse();
  void checkpoint() { run("PRAGMA wal_checkpoint(PASSIVE)"); }

 private:
  template <class Look>
  std::uint64_t for_each_line(Look look);
  void run(const std::string& sql);
  sqlite3_stmt* prepare(const char* sql);
  static void step(sqlite3_stmt* statement);

  sqlite3* database_ = nullptr;
  sqlite3_stmt* entry_ = nullptr;
  sqlite3_stmt* batch_ = nullptr;
  sqlite3_stmt* rollup_ = nullptr;
  sqlite3_stmt* account_ = nullptr;
};

}  // namespace yijuan::bench
