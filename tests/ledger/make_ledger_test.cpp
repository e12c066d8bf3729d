// A new ledger is made by one command alone; a store that is missing is never made by another.
#include "ledger/make_ledger.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "io/system_random.hpp"
#include "ledger/app.hpp"
#include "ledger/ledger_keys.hpp"
#include "ledger/open_store.hpp"
#include "tests/support/temporary_directory.hpp"

namespace yijuan::ledger {
namespace {

namespace fs = std::filesystem;

class MakeLedger : public ::testing::Test {
 protected:
  Result<void> make() {
    const std::vector<std::string> hosts = {"localhost"};
    return make_ledger(config, hosts, now, random);
  }

  test::TemporaryDirectory directory;
  LedgerConfig config =
      parse_ledger_config("[ledger]\ndata = \"" + (directory.path() / "data").string() +
                              "\"\n[boxes]\nlisten = \"127.0.0.1:0\"\n[log]\ndomain = "
                              "\"ledger.example\"\n",
                          "ledger.toml");
  SystemRandom random;
  const WallTime now = *parse_rfc3339("2026-10-17T08:00:00.000Z");
};

TEST_F(MakeLedger, AStoreThatIsMissingStopsTheDaemonAndIsNotMade) {
  ASSERT_TRUE(make().has_value());
  fs::remove(config.store);
  const auto opened = App::open(config);
  EXPECT_EQ(opened.error(), make_error_code(LedgerErrc::no_store));
  EXPECT_NE(opened.error().message().find(config.store.string()), std::string::npos);
  EXPECT_NE(opened.error().message().find("ledgerctl restore"), std::string::npos);
  EXPECT_FALSE(fs::exists(config.store));
}

TEST_F(MakeLedger, AnEmptyFileIsNoStore) {
  ASSERT_TRUE(make().has_value());
  fs::resize_file(config.store, 0);
  EXPECT_EQ(open_store(config, {}).error(), make_error_code(LedgerErrc::no_store));
  EXPECT_EQ(fs::file_size(config.store), 0);
}

TEST_F(MakeLedger, GoesOnWhereItWasCut) {
  // After the store's file was made, and while its keys were being made.
  fs::create_directories(config.keys().string() + ".new");
  std::ofstream(config.keys().string() + ".new/ca.key") << "half a k";
  std::ofstream{config.store};
  ASSERT_TRUE(make().has_value());
  EXPECT_TRUE(read_cosigner(config).has_value());
  EXPECT_TRUE(read_office_key(config).has_value());
  EXPECT_FALSE(fs::exists(config.keys().string() + ".new"));
  EXPECT_TRUE(open_store(config, {}).has_value());
}

TEST_F(MakeLedger, KeysWhoseStoreIsLostAreNotANewLedgers) {
  ASSERT_TRUE(make().has_value());
  fs::remove(config.store);
  const auto again = make();
  EXPECT_EQ(again.error(), make_error_code(LedgerErrc::bad_keys));
  EXPECT_NE(again.error().message().find("mount its disk"), std::string::npos);
  EXPECT_FALSE(fs::exists(config.store));
}

TEST_F(MakeLedger, AStoreWhoseKeysAreLostIsNotANewLedgers) {
  ASSERT_TRUE(make().has_value());
  LogState log;
  log.origin = "ledger.example/office/1";
  log.kind = LogKind::office;
  ASSERT_TRUE((*open_store(config, {}))->add_log(log).has_value());
  fs::remove_all(config.keys());
  EXPECT_EQ(make().error(), make_error_code(LedgerErrc::not_done));
  EXPECT_FALSE(fs::exists(config.keys()));
}

}  // namespace
}  // namespace yijuan::ledger
