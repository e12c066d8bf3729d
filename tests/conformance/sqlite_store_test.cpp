// SqliteStore under the port's conformance suite.
#include <filesystem>

#include "ledger/store/sqlite/sqlite_store.hpp"
#include "tests/conformance/ledger_store_conformance.hpp"
#include "tests/support/temporary_directory.hpp"

namespace yijuan::ledger {
namespace {

class SqliteStoreUnderTest : public StoreUnderTest {
 public:
  LedgerStore& reopen() override {
    store_.reset();
    auto opened = SqliteStore::open({.path = (folder_ / "ledger.db").string(), .make = true});
    EXPECT_TRUE(opened.has_value()) << opened.error().message();
    store_ = *std::move(opened);
    return *store_;
  }

 private:
  test::TemporaryDirectory directory_;
  const std::filesystem::path folder_ = directory_.path();
  std::unique_ptr<SqliteStore> store_;
};

std::unique_ptr<StoreUnderTest> make_sqlite() {
  return std::make_unique<SqliteStoreUnderTest>();
}

}  // namespace

INSTANTIATE_TEST_SUITE_P(Sqlite, LedgerStorePort,
                         ::testing::Values(StoreMaker{"sqlite", make_sqlite}));

}  // namespace yijuan::ledger
