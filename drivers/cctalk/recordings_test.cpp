// What was recorded of devices, replayed: see tests/support/golden_recordings.hpp.
#include <gtest/gtest.h>

#include "io/files.hpp"
#include "io/replayed_acceptor.hpp"
#include "tests/support/golden_recordings.hpp"

namespace yijuan::drivers {
extern const Driver cctalk;
}

namespace yijuan::cctalk {
namespace {

const std::filesystem::path kFolder = YIJUAN_SOURCE_DIR "/drivers/cctalk/recordings";

TEST(CctalkRecordings, EveryOneGivesTheFactsBesideIt) {
  test::expect_golden_recordings(kFolder, drivers::cctalk, 5);
}

TEST(CctalkRecordings, AWriteThatDiffersIsFoundByLine) {
  auto text = read_file(kFolder / "coin_taken.rec", 1 << 24);
  ASSERT_TRUE(text);
  // The simple poll goes to another address than recorded.
  const auto at = text->find("> 020001feff");
  ASSERT_NE(at, std::string::npos);
  text->replace(at, 12, "> 030001fefe");
  auto recording = parse_recording(*text);
  ASSERT_TRUE(recording);
  auto toml = read_file(kFolder / "coin_taken.toml", 1 << 16);
  ASSERT_TRUE(toml);
  auto settings = Settings::parse(*toml, "coin_taken.toml");
  auto section = settings.section("coin");
  const auto replayed = replay_acceptor(
      std::move(*recording), "bent.rec", "coin",
      [&](DriverContext context, DeviceFacts& facts, std::optional<CounterMark> mark) {
        return drivers::cctalk.make_coin_acceptor(section, context, facts, std::move(mark));
      });
  ASSERT_FALSE(replayed.same);
  EXPECT_NE(replayed.same.error().message().find("bent.rec: line"), std::string::npos);
  EXPECT_NE(replayed.same.error().message().find("writes 020001feff"), std::string::npos);
}

}  // namespace
}  // namespace yijuan::cctalk
