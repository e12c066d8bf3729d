// The driver as kioskd makes it: from a configuration, over real pipes, in real time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <fstream>

#include "async/task_group.hpp"
#include "io/files.hpp"
#include "io/real_clock.hpp"
#include "ports/driver.hpp"
#include "tests/support/seeded_random.hpp"
#include "tests/support/temporary_directory.hpp"

namespace yijuan::drivers {
extern const Driver contacts;
}

namespace yijuan::contacts {
namespace {

struct Parts {
  asio::io_context context;
  RealClock clock;
  test::SeededRandom random{1};
  DeviceFacts facts{context.get_executor(), 16};

  std::unique_ptr<Door> make(const std::string& text) {
    auto settings = Settings::parse(text, "kiosk.toml");
    auto section = settings.section("door");
    auto door = drivers::contacts.make_door(
        section, {.executor = context.get_executor(), .clock = clock, .random = random}, facts);
    settings.finish();
    return door;
  }
};

std::string complaint(const std::string& text) {
  Parts parts;
  try {
    (void)parts.make(text);
  } catch (const SettingsError& error) {
    return error.what();
  }
  return "none";
}

const std::string kDoor = "[[door.contact]]\nname = \"door\"\nline = \"gpio:DOOR\"\n";

TEST(ContactsDriver, ItsConfigurationIsCheckedKeyByKey) {
  using testing::HasSubstr;
  EXPECT_EQ(complaint(kDoor), "none");
  EXPECT_EQ(complaint("[door.lock]\nline = \"gpio:LOCK\"\n"), "none");
  EXPECT_THAT(complaint("[door]\n"), HasSubstr("door.contact: names no contact"));
  EXPECT_THAT(complaint(kDoor + kDoor), HasSubstr("twice"));
  EXPECT_THAT(complaint("[[door.contact]]\nname = \"window\"\nline = \"gpio:X\"\n"),
              HasSubstr("name"));
  EXPECT_THAT(complaint("[[door.contact]]\nname = \"door\"\n"), HasSubstr("line"));
  EXPECT_THAT(complaint("[[door.contact]]\nname = \"door\"\nline = \"5\"\n"), HasSubstr("gpio:"));
  EXPECT_THAT(complaint(kDoor + "active = \"open\"\n"), HasSubstr("active"));
  EXPECT_THAT(complaint(kDoor + "debounce_ms = 19\n"), HasSubstr("debounce_ms"));
  EXPECT_THAT(complaint(kDoor + "debounce_ms = 501\n"), HasSubstr("debounce_ms"));
  EXPECT_THAT(complaint(kDoor + "bias = \"strong\"\n"), HasSubstr("bias"));
  EXPECT_THAT(complaint(kDoor + "colour = 1\n"), HasSubstr("colour"));
  EXPECT_THAT(complaint("[door.lock]\nline = \"gpio:L\"\npulse_ms = 501\n"), HasSubstr("pulse_ms"));
  EXPECT_THAT(complaint("[door.lock]\nline = \"serial:/dev/x:CTS\"\n"), HasSubstr("DTR or RTS"));
  EXPECT_THAT(complaint("[[door.contact]]\nname = \"door\"\nline = \"serial:/dev/x:CTS\"\n"
                        "debounce_ms = 50\n"),
              HasSubstr("100 or more"));
}

// Takes what the driver tells, until the door was told shut, open and shut.
Task<void> play(DeviceFacts& facts, Door& door, std::string wire, std::vector<bool>& told) {
  while (told.size() < 3) {
    auto fact = co_await facts.pop();
    if (!fact) co_return fact.error();
    const auto* const change = std::get_if<ContactChanged>(&*fact);
    if (change == nullptr) continue;
    told.push_back(change->active);
    if (told.size() == 1) {
      auto unlocked = co_await door.unlock();
      EXPECT_TRUE(unlocked) << unlocked.error().message();
      std::ofstream(wire) << "1\n" << std::flush;
    }
    if (told.size() == 2) std::ofstream(wire) << "0\n" << std::flush;
  }
  co_return Result<void>();
}

TEST(ContactsDriver, ADoorOnAPipeIsToldAndALockOnAPipeIsPulsed) {
  test::TemporaryDirectory folder;
  const std::string wire = (folder.path() / "door").string();
  const std::string lock = (folder.path() / "lock").string();
  Parts parts;
  auto door = parts.make("[[door.contact]]\nname = \"door\"\nline = \"pipe:" + wire +
                         "\"\ndebounce_ms = 20\n[door.lock]\npulse_ms = 50\nline = \"pipe:" + lock +
                         "\"\n");
  std::vector<bool> told;
  TaskGroup group(parts.context.get_executor(), {});
  group.spawn("door", door->run());
  group.spawn("play", play(parts.facts, *door, wire, told));
  while (group.names().size() > 1 && parts.context.run_one() > 0) {
  }
  EXPECT_EQ(told, (std::vector<bool>{false, true, false}));
  group.cancel();
  while (!group.empty() && parts.context.run_one() > 0) {
  }
  // Off at the start, then one pulse, which its own thread or the driver ends, or both.
  EXPECT_THAT(*read_file(lock, 100), testing::AnyOf("0\n1\n0\n", "0\n1\n0\n0\n"));
}

}  // namespace
}  // namespace yijuan::contacts
