// PostgresStore under the port's conformance suite, on the tables of config/postgres/schema.sql
// and on the partitioned ones. The server is the one that tools/world/with_postgres.py started.
#include "ledger/store/postgres/postgres_store.hpp"
#include "tests/conformance/ledger_store_conformance.hpp"
#include "tests/postgres/postgres_schema.hpp"

namespace yijuan::ledger {
namespace {

template <test::Tables tables>
class PostgresStoreUnderTest : public StoreUnderTest {
 public:
  LedgerStore& reopen() override {
    store_.reset();
    auto opened = PostgresStore::open({.where = schema_.where(), .limits = {}, .make = true});
    EXPECT_TRUE(opened.has_value()) << opened.error().message();
    store_ = *std::move(opened);
    return *store_;
  }

 private:
  test::PostgresSchema schema_{tables};
  std::unique_ptr<PostgresStore> store_;
};

template <test::Tables tables>
std::unique_ptr<StoreUnderTest> make_postgres() {
  return std::make_unique<PostgresStoreUnderTest<tables>>();
}

}  // namespace

INSTANTIATE_TEST_SUITE_P(
    Postgres, LedgerStorePort,
    ::testing::Values(StoreMaker{"postgres", make_postgres<test::Tables::none>, false},
                      StoreMaker{"postgres, partitioned", make_postgres<test::Tables::partitioned>,
                                 false}));

}  // namespace yijuan::ledger
