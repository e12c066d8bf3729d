#include "base/settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace yijuan {
namespace {

using testing::HasSubstr;

constexpr const char* kFile = R"([box]
id = "market-01"

[coin]
echo = true
poll_ms = 200

[[coin.table]]
position = 1
id = "CN100A"

[[coin.table]]
position = 2
id = "CN050A"
)";

/// What `use` throws, or "".
template <class Use>
std::string error_of(Use use) {
  try {
    use();
  } catch (const SettingsError& error) {
    return error.what();
  }
  return "";
}

TEST(Settings, AreReadByNameTypeAndRange) {
  Settings file = Settings::parse(kFile, "kiosk.toml");
  Settings box = file.section("box");
  EXPECT_EQ(box.text("id"), "market-01");
  EXPECT_EQ(box.text("data", "/var/lib"), "/var/lib");
  Settings coin = file.section("coin");
  EXPECT_TRUE(coin.flag("echo"));
  EXPECT_EQ(coin.milliseconds("poll_ms", std::chrono::milliseconds(50), std::chrono::seconds(1)),
            std::chrono::milliseconds(200));
  auto rows = coin.rows("table");
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[1].integer("position", 1, 16), 2);
  EXPECT_EQ(rows[1].text("id"), "CN050A");
  EXPECT_EQ(error_of([&] { file.finish(); }),
            "kiosk.toml:10: coin.table[0].id: is not a key that "
            "this program knows");
  EXPECT_EQ(rows[0].integer("position", 1, 16), 1);
  EXPECT_EQ(rows[0].text("id"), "CN100A");
  EXPECT_EQ(error_of([&] { file.finish(); }), "");
}

TEST(Settings, AMistakeNamesFileLineAndKey) {
  Settings file = Settings::parse("[box]\nid = 5\nlevel = 99\nmode = \"x\"\n", "kiosk.toml");
  Settings box = file.section("box");
  EXPECT_EQ(error_of([&] { box.text("id"); }),
            "kiosk.toml:2: box.id: must be a text, not a whole number");
  EXPECT_EQ(error_of([&] { box.integer("level", 1, 16); }),
            "kiosk.toml:3: box.level: is 99, but must be from 1 to 16");
  EXPECT_EQ(error_of([&] { box.choice("mode", {"yes", "no"}); }),
            "kiosk.toml:4: box.mode: is \"x\", but must be one of: yes, no");
  EXPECT_EQ(error_of([&] { box.flag("absent"); }), "kiosk.toml:1: box.absent: is missing");
}

TEST(Settings, AMisspeltArrayOfTablesIsToldWithItsLine) {
  Settings file = Settings::parse("[coin]\nport = \"x\"\n\n[[coin.tabel]]\nfen = 1\n", "f.toml");
  Settings coin = file.section("coin");
  coin.text("port");
  EXPECT_THAT(error_of([&] { file.finish(); }), HasSubstr("f.toml:4: coin.tabel"));
}

TEST(Settings, AGlimpseDoesNotAskForAKey) {
  Settings file = Settings::parse("port = \"a\"\nbaud = 9600\n", "f.toml");
  EXPECT_EQ(file.glimpse("port"), "a");
  EXPECT_EQ(file.glimpse("baud"), "");
  EXPECT_EQ(file.glimpse("path"), "");
  EXPECT_THAT(error_of([&] { file.finish_here(); }), HasSubstr("f.toml:2: baud"));
}

TEST(Settings, TheKeysOfOneTableCanBeCheckedBeforeTheRestIsRead) {
  Settings file = Settings::parse("[coin]\nport = 1\n[cion]\nport = 1\n", "f.toml");
  Settings coin = file.section("coin");
  EXPECT_THAT(error_of([&] { file.finish_here(); }), HasSubstr("f.toml:3: cion"));
  file.section("cion");
  EXPECT_EQ(error_of([&] { file.finish_here(); }), "");
  EXPECT_THAT(error_of([&] { file.finish(); }), HasSubstr("port"));
}

TEST(Settings, AnUnknownKeyOrTableIsAnError) {
  Settings file = Settings::parse("[box]\nid = \"a\"\nidd = \"b\"\n[cion]\n", "f.toml");
  Settings box = file.section("box");
  box.text("id");
  EXPECT_THAT(error_of([&] { file.finish(); }), HasSubstr("f.toml:4: cion"));
  file.section("cion");
  EXPECT_THAT(error_of([&] { file.finish(); }), HasSubstr("f.toml:3: box.idd"));
}

TEST(Settings, WhatIsNotTomlNamesTheLine) {
  EXPECT_THAT(error_of([] { Settings::parse("[box]\nid = \n", "f.toml"); }), HasSubstr("f.toml:2"));
  EXPECT_THAT(error_of([] { Settings::parse("a = 1\na = 2\n", "f.toml"); }), HasSubstr("f.toml:2"));
}

TEST(Settings, AnAbsentTableGivesEveryDefault) {
  Settings file = Settings::parse("", "f.toml");
  Settings touch = file.section("touch");
  EXPECT_EQ(touch.text("driver", "none"), "none");
  EXPECT_TRUE(touch.rows("table").empty());
  EXPECT_EQ(error_of([&] { touch.text("path"); }), "f.toml: touch.path: is missing");
  EXPECT_EQ(error_of([&] { file.finish(); }), "");
}

}  // namespace
}  // namespace yijuan
