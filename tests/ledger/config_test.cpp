#include <gtest/gtest.h>

#include "base/settings.hpp"
#include "io/files.hpp"
#include "ledger/ledger_config.hpp"

namespace yijuan::ledger {
namespace {

TEST(LedgerConfig, TheCommentedFileHoldsTheDefaults) {
  const auto file = read_ledger_config(std::string(YIJUAN_SOURCE_DIR) + "/config/ledger.toml");
  const auto defaults = parse_ledger_config("[log]\ndomain = \"ledger.example\"\n", "defaults");
  EXPECT_EQ(file.data, defaults.data);
  EXPECT_EQ(file.name, defaults.name);
  EXPECT_EQ(file.domain, defaults.domain);
  EXPECT_EQ(file.store, defaults.store);
  EXPECT_EQ(file.boxes.listen, defaults.boxes.listen);
  EXPECT_EQ(file.boxes.connections, defaults.boxes.connections);
  EXPECT_EQ(file.boxes.idle, defaults.boxes.idle);
  EXPECT_EQ(file.boxes.request, defaults.boxes.request);
  EXPECT_EQ(file.boxes.batches_in_hand, defaults.boxes.batches_in_hand);
}

TEST(LedgerConfig, AMistakeIsNamedByFileLineAndKey) {
  const auto complaint = [](const std::string& toml) -> std::string {
    try {
      parse_ledger_config(toml, "ledger.toml");
      return "";
    } catch (const SettingsError& error) {
      return error.what();
    }
  };
  const std::string log = "[log]\ndomain = \"ledger.example\"\n";
  EXPECT_EQ(complaint(log), "");
  EXPECT_NE(complaint("").find("domain"), std::string::npos);
  EXPECT_NE(complaint("[log]\ndomain = \"Ledger Example\"\n").find("ledger.toml:2: log.domain"),
            std::string::npos);
  EXPECT_NE(complaint(log + "[boxes]\nconnections = 0\n").find("ledger.toml:4: boxes.connections"),
            std::string::npos);
  EXPECT_NE(complaint(log + "[boxes]\nlisten = 8443\n").find("boxes.listen"), std::string::npos);
  EXPECT_NE(complaint(log + "[store]\ndriver = \"csv\"\n").find("store.driver"), std::string::npos);
  EXPECT_NE(complaint(log + "[ledger]\ndata = \"here\"\n").find("absolute"), std::string::npos);
  EXPECT_NE(complaint(log + "[boxs]\n").find("boxs"), std::string::npos);
  EXPECT_NE(complaint(log + "colour = 1\n").find("log.colour"), std::string::npos);
}

}  // namespace
}  // namespace yijuan::ledger
