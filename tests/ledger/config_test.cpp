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
  EXPECT_EQ(file.postgres, defaults.postgres);
  EXPECT_EQ(file.boxes.listen, defaults.boxes.listen);
  EXPECT_EQ(file.boxes.connections, defaults.boxes.connections);
  EXPECT_EQ(file.boxes.handshake, defaults.boxes.handshake);
  EXPECT_EQ(file.boxes.idle, defaults.boxes.idle);
  EXPECT_EQ(file.boxes.request, defaults.boxes.request);
  EXPECT_EQ(file.boxes.batches_in_hand, defaults.boxes.batches_in_hand);
  EXPECT_EQ(file.published.folder, defaults.published.folder);
  EXPECT_EQ(file.published.at, defaults.published.at);
  EXPECT_EQ(file.pages.listen, defaults.pages.listen);
  EXPECT_EQ(file.pages.certificate, defaults.pages.certificate);
  EXPECT_EQ(file.pages.key, defaults.pages.key);
  EXPECT_EQ(file.pages.connections, defaults.pages.connections);
  EXPECT_EQ(file.pages.idle, defaults.pages.idle);
  EXPECT_EQ(file.pages.request, defaults.pages.request);
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
  EXPECT_NE(complaint(log + "[store]\ndriver = \"postgres\"\n").find("where the database is"),
            std::string::npos);
  EXPECT_NE(complaint(log + "[store]\ndriver = \"postgres\"\npostgres = \"hots=db\"\n")
                .find("ledger.toml:5: store.postgres"),
            std::string::npos);
  EXPECT_NE(complaint(log + "[ledger]\ndata = \"here\"\n").find("absolute"), std::string::npos);
  for (const char* at : {"3:30", "24:00", "03:60", "0330", "03-30", "", "03:3a"}) {
    EXPECT_NE(complaint(log + "[public]\nat = \"" + at + "\"\n").find("public.at"),
              std::string::npos)
        << at;
  }
  const std::string open_to_all = "[pages]\nlisten = \"[::]:443\"\n";
  EXPECT_NE(complaint(log + open_to_all).find("certificate"), std::string::npos);
  EXPECT_EQ(complaint(log + open_to_all + "certificate = \"a\"\nkey = \"b\"\n"), "");
  EXPECT_NE(complaint(log + open_to_all + "certificate = \"a\"\n").find("pages.key"),
            std::string::npos);
  for (const char* loopback : {"127.0.0.1:8080", "127.0.0.53:8080", "[::1]:8080", ""}) {
    EXPECT_EQ(complaint(log + "[pages]\nlisten = \"" + loopback + "\"\n"), "") << loopback;
  }
  EXPECT_NE(complaint(log + "[public]\nfolder = \"\"\n[pages]\nlisten = \"127.0.0.1:0\"\n")
                .find("nothing to show"),
            std::string::npos);
  EXPECT_NE(complaint(log + "[boxs]\n").find("boxs"), std::string::npos);
  EXPECT_NE(complaint(log + "colour = 1\n").find("log.colour"), std::string::npos);
}

TEST(LedgerConfig, TheDatabaseCountsOnlyIfItIsChosen) {
  const std::string log = "[log]\ndomain = \"ledger.example\"\n[store]\n";
  const std::string where = "postgres = \"host=/run/postgresql dbname=ledger\"\n";
  EXPECT_EQ(parse_ledger_config(log + where, "a").postgres, "");
  EXPECT_EQ(parse_ledger_config(log + "driver = \"postgres\"\n" + where, "a").postgres,
            "host=/run/postgresql dbname=ledger");
}

}  // namespace
}  // namespace yijuan::ledger
