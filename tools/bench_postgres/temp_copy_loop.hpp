// The reference: the rows of a batch copied into a temporary table and taken from there into the
// ledger's table where they are new, then its mark and its sums, in one transaction, by plain libpq
// calls one after the other; and nothing else: no parsing, no hashes, no checks.
#pragma once

#include <libpq-fe.h>

#include <vector>

#include "tools/bench_ledger/intake.hpp"

namespace yijuan::bench {

class TempCopyLoop {
 public:
  /// Makes its tables in a schema of its own.
  explicit TempCopyLoop(const std::string& where);
  ~TempCopyLoop();
  TempCopyLoop(const TempCopyLoop&) = delete;
  TempCopyLoop& operator=(const TempCopyLoop&) = delete;

  /// One transaction.
  void put(const Rows& rows);

 private:
  void run(const char* sql);
  void copy(const Rows& rows);
  void put_mark(const Rows& rows);
  void put_sums(const Rows& rows);
  void execute(const char* name, const std::vector<std::string>& values);

  PGconn* connection_ = nullptr;
};

}  // namespace yijuan::bench
