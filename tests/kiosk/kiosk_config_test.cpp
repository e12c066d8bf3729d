#include "kiosk/kiosk_config.hpp"

#include <gtest/gtest.h>

#include "io/files.hpp"
#include "io/real_clock.hpp"
#include "io/system_random.hpp"
#include "kiosk/devices.hpp"

#include <boost/asio/io_context.hpp>

namespace yijuan::kiosk {
namespace {

// The message of a configuration that is refused, or "good".
std::string verdict(const std::string& text) {
  asio::io_context context;
  RealClock clock;
  SystemRandom random;
  DeviceFacts facts(context.get_executor(), 1);
  Taps taps(context.get_executor(), 1);
  Scans scans(context.get_executor(), 1);
  try {
    KioskConfig config(text, "kiosk.toml");
    make_devices(config, {context.get_executor(), clock, random}, {facts, taps, scans}, {});
  } catch (const SettingsError& error) {
    return error.what();
  }
  return "good";
}

const std::string kNoDevices = R"(
[coin]
driver = "none"
[printer]
driver = "none"
[display]
driver = "none"
[touch]
driver = "none"
)";

TEST(KioskConfigTest, TheDocumentedFileIsGoodAndStatesTheDefaults) {
  const auto text = read_file(YIJUAN_KIOSK_TOML, 100'000);
  ASSERT_TRUE(text);
  EXPECT_EQ(verdict(*text), "good");
  const KioskConfig stated(*text, "kiosk.toml");
  const KioskConfig defaults("[box]\nid = \"box-01\"\n", "kiosk.toml");
  EXPECT_EQ(stated.box, defaults.box);
  EXPECT_EQ(stated.data, defaults.data);
  EXPECT_EQ(stated.ledger_url, defaults.ledger_url);
  EXPECT_EQ(stated.identity, defaults.identity);
  EXPECT_EQ(stated.pack, defaults.pack);
  EXPECT_EQ(stated.pack_key, defaults.pack_key);
  EXPECT_EQ(stated.language, defaults.language);
  EXPECT_EQ(stated.coin.driver, defaults.coin.driver);
  EXPECT_EQ(stated.note.driver, defaults.note.driver);
  EXPECT_EQ(stated.printer.driver, defaults.printer.driver);
  EXPECT_EQ(stated.door.driver, defaults.door.driver);
  EXPECT_EQ(stated.board.driver, defaults.board.driver);
  EXPECT_EQ(stated.scanner.driver, defaults.scanner.driver);
  EXPECT_EQ(stated.display.driver, defaults.display.driver);
  EXPECT_EQ(stated.touch.driver, defaults.touch.driver);
  EXPECT_EQ(stated.geometry.width, defaults.geometry.width);
  EXPECT_EQ(stated.geometry.height, defaults.geometry.height);
  EXPECT_EQ(stated.geometry.dpi, defaults.geometry.dpi);
}

TEST(KioskConfigTest, ABoxMayHaveNoDevices) {
  EXPECT_EQ(verdict("[box]\nid = \"b\"\n" + kNoDevices), "good");
}

TEST(KioskConfigTest, AnErrorNamesFileLineAndKey) {
  EXPECT_EQ(verdict("[box]\nid = \"b\"\ncolour = 1\n" + kNoDevices),
            "kiosk.toml:3: box.colour: is not a key that this program knows");
  EXPECT_EQ(verdict("[box]\nid = 7\n" + kNoDevices),
            "kiosk.toml:2: box.id: must be a text, not a whole number");
  EXPECT_EQ(verdict("[box]\nid = \"Box 1\"\n" + kNoDevices),
            "kiosk.toml:2: box.id: must be 1 to 32 of a-z, 0-9 and '-'");
  EXPECT_NE(verdict(kNoDevices).find("box.id: is missing"), std::string::npos);
  EXPECT_EQ(verdict("[box]\nid = \"b\"\n[ledger]\nurl = \"http://x\"\n" + kNoDevices),
            "kiosk.toml:4: ledger.url: must begin with https://");
}

TEST(KioskConfigTest, AWrongSectionOrDriverIsNamed) {
  EXPECT_NE(verdict("[box]\nid = \"b\"\n[bank]\nx = 1\n" + kNoDevices).find(":3: bank"),
            std::string::npos);
  const std::string unknown = verdict("[box]\nid = \"b\"\n[coin]\ndriver = \"magic\"\n");
  EXPECT_NE(unknown.find("kiosk.toml:4: coin.driver: is \"magic\""), std::string::npos) << unknown;
  EXPECT_NE(unknown.find("cctalk"), std::string::npos) << unknown;
}

TEST(KioskConfigTest, AMisspeltSectionIsToldBeforeWhatItWasMeantToSay) {
  EXPECT_NE(verdict("[box]\nid = \"b\"\n\n[cion]\nport = \"serial:/dev/x\"\n").find(":4: cion"),
            std::string::npos);
}

TEST(KioskConfigTest, DevicesThatNotEveryBoxHasMayBeLeftOutAltogether) {
  const KioskConfig config("[box]\nid = \"b\"\n[printer]\nport = \"tcp:printer:9100\"\n", "k");
  for (const auto& [name, section] : config.devices()) {
    const bool always = name == "coin" || name == "printer" || name == "display" || name == "touch";
    EXPECT_EQ(section->driver == "none", !always) << name;
  }
  EXPECT_EQ(config.printer.port(), "tcp:printer:9100");
  EXPECT_EQ(config.door.port(), "");
}

TEST(KioskConfigTest, ADriversOwnKeysAreCheckedToo) {
  const std::string printer =
      "[box]\nid = \"b\"\n[coin]\ndriver = \"none\"\n[display]\ndriver = \"none\"\n"
      "[touch]\ndriver = \"none\"\n[printer]\nport = \"file:x\"\n";
  EXPECT_EQ(verdict(printer), "good");
  EXPECT_NE(verdict(printer + "paper_mm = 70\n").find(":11: printer.paper_mm"), std::string::npos);
  EXPECT_NE(verdict(printer + "ink = \"red\"\n").find(":11: printer.ink"), std::string::npos);
}

TEST(KioskConfigTest, NoTomlAtAllIsSaidWithItsLine) {
  EXPECT_EQ(verdict("[box\n").rfind("kiosk.toml:1: ", 0), 0U);
}

}  // namespace
}  // namespace yijuan::kiosk
