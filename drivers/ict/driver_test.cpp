// The driver as kioskd makes it: from a configuration.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "drivers/ict/test_bench.hpp"

namespace yijuan::drivers {
extern const Driver ict;
}

namespace yijuan::ict {
namespace {

std::string complaint(const std::string& text) {
  asio::io_context context;
  SimClock clock(context);
  FixedRandom random;
  DeviceFacts facts(context.get_executor(), 16);
  try {
    auto settings = Settings::parse(text, "kiosk.toml");
    auto section = settings.section("note");
    (void)drivers::ict.make_note_acceptor(
        section, {.executor = context.get_executor(), .clock = clock, .random = random}, facts,
        std::nullopt);
    settings.finish();
  } catch (const SettingsError& error) {
    return error.what();
  }
  return "none";
}

TEST(IctDriver, ItsConfigurationIsCheckedKeyByKey) {
  const std::string row = "[[note.table]]\nposition = 1\nfen = 100\n";
  const std::string good = "[note]\nport = \"serial:/dev/null\"\n";
  EXPECT_EQ(complaint(good + row), "none");
  EXPECT_EQ(complaint(good + "poll_ms = 4000\ncodes = \"shifted\"\n" + row), "none");
  EXPECT_THAT(complaint(good), testing::HasSubstr("table"));
  EXPECT_THAT(complaint("[note]\n" + row), testing::HasSubstr("port"));
  EXPECT_THAT(complaint("[note]\nport = \"nonsense\"\n" + row), testing::HasSubstr("port"));
  EXPECT_THAT(complaint(good + "poll_ms = 5000\n" + row), testing::HasSubstr("poll_ms"));
  EXPECT_THAT(complaint(good + "codes = \"other\"\n" + row), testing::HasSubstr("codes"));
  EXPECT_THAT(complaint(good + row + row), testing::HasSubstr("twice"));
  EXPECT_THAT(complaint(good + "[[note.table]]\nposition = 11\nfen = 100\n"),
              testing::HasSubstr("position"));
  EXPECT_THAT(complaint(good + "[[note.table]]\nposition = 1\nfen = 0\n"),
              testing::HasSubstr("fen"));
}

}  // namespace
}  // namespace yijuan::ict
