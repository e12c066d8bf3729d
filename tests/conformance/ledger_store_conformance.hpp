// What every LedgerStore must do, run against each implementation: give a maker of an empty store
// that can be closed and opened again.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>

#include "ledger/store/ledger_store.hpp"

namespace yijuan::ledger {

class StoreUnderTest {
 public:
  virtual ~StoreUnderTest() = default;
  /// Closes the store, if open, and opens it on the same data.
  virtual LedgerStore& reopen() = 0;
};

struct StoreMaker {
  const char* name;
  std::unique_ptr<StoreUnderTest> (*make)();
  bool shares_commits = true;  // batches that come together are stored all or none
};

/// The suite; an implementation's test file instantiates it with its maker.
class LedgerStorePort : public ::testing::TestWithParam<StoreMaker> {
 protected:
  void SetUp() override;
  void reopen() { store = &under_test->reopen(); }
  LogState log();
  void append(int count);

  std::unique_ptr<StoreUnderTest> under_test;
  LedgerStore* store = nullptr;
};

}  // namespace yijuan::ledger
