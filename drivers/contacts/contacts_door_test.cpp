#include "drivers/contacts/contacts_door.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "drivers/contacts/errc.hpp"
#include "drivers/contacts/fake.hpp"
#include "tests/support/fake_wire.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/seeded_random.hpp"

namespace yijuan::contacts {
namespace {

using namespace std::chrono_literals;
using contacts_fake::FakeSwitch;
using test::FakeInputWire;
using test::FakeOutputWire;

Task<void> collect(DeviceFacts& facts, std::vector<DeviceFact>& into) {
  while (true) {
    auto fact = co_await facts.pop();
    if (!fact) co_return fact.error();
    into.push_back(std::move(*fact));
  }
}

Task<void> note_result(Task<void> task, std::optional<Result<void>>& into) {
  auto result = co_await std::move(task);
  into.emplace(std::move(result));
  co_return Result<void>();
}

class ContactsDoorTest : public testing::Test {
 protected:
  ~ContactsDoorTest() override {
    group.cancel();
    lock_wire.stop();
    clock.run([this] { return group.empty(); });
    clock.settle();
  }

  void start(bool with_lock = true, bool read = true) {
    std::vector<ContactSettings> contacts;
    contacts.push_back({.name = "door", .debounce = 50ms, .line = door_wire.source()});
    contacts.push_back(
        {.name = "tilt", .active_high = false, .debounce = 50ms, .line = tilt_wire.source()});
    auto lock = with_lock ? std::make_unique<Lock>(LockSettings{.pulse = 300ms}, lock_wire.source(),
                                                   driver_context())
                          : nullptr;
    door = std::make_unique<ContactsDoor>(std::move(contacts), std::move(lock), driver_context(),
                                          facts);
    group.spawn("door", door->run());
    if (read) group.spawn("reader", collect(facts, taken));
    clock.settle();
  }
  DriverContext driver_context() {
    return {.executor = context.get_executor(), .clock = clock, .random = random};
  }
  /// Puts a switch's edges on the wire at their times.
  void play(const std::vector<contacts_fake::Edge>& edges) {
    for (const auto& edge : edges) {
      clock.run_until(edge.at);
      door_wire.set(edge.high);
    }
  }
  std::vector<std::string> changes() const {
    std::vector<std::string> found;
    for (const auto& fact : taken) {
      const auto* change = std::get_if<ContactChanged>(&fact);
      if (change != nullptr) found.push_back(change->contact + (change->active ? "+" : "-"));
    }
    return found;
  }
  std::vector<DeviceState> states() const {
    std::vector<DeviceState> found;
    for (const auto& fact : taken) {
      if (const auto* state = std::get_if<DeviceState>(&fact)) found.push_back(*state);
    }
    return found;
  }
  std::optional<Result<void>> unlock_for(std::chrono::nanoseconds duration) {
    std::optional<Result<void>> result;
    group.spawn("unlock", note_result(door->unlock(), result));
    clock.run_for(duration);
    return result;
  }

  asio::io_context context;
  SimClock clock{context};
  test::SeededRandom random{1};
  DeviceFacts facts{context.get_executor(), 4};
  FakeInputWire door_wire{context.get_executor(), clock, "gpio:DOOR"};
  FakeInputWire tilt_wire{context.get_executor(), clock, "gpio:TILT"};
  FakeOutputWire lock_wire{context.get_executor(), clock, "gpio:LOCK"};
  std::vector<DeviceFact> taken;
  std::unique_ptr<ContactsDoor> door;
  TaskGroup group{context.get_executor(), {}};
};

TEST_F(ContactsDoorTest, ALineThatIsNotThereIsSaidAndTheOthersWork) {
  door_wire.unplug();
  start();
  clock.run_for(1s);
  EXPECT_THAT(changes(), testing::ElementsAre("tilt+"));
  ASSERT_EQ(states().size(), 1U);
  EXPECT_EQ(states()[0].device, "door");
  EXPECT_EQ(states()[0].code, "line lost");
  EXPECT_THAT(states()[0].text, testing::HasSubstr("door: cannot be opened: gpio:DOOR"));
}

TEST_F(ContactsDoorTest, ALineThatComesBackIsReadAgain) {
  door_wire.unplug();
  lock_wire.unplug();
  start();
  clock.run_for(60s);
  ASSERT_EQ(states().size(), 1U);  // told once, however often it is tried
  EXPECT_THAT(states()[0].text, testing::HasSubstr("; lock: "));
  door_wire.plug();
  lock_wire.plug();
  clock.run_for(40s);
  EXPECT_EQ(states().back().code, "");
  EXPECT_THAT(changes(), testing::ElementsAre("tilt+", "door-"));
}

TEST_F(ContactsDoorTest, ALineThatIsPulledOutIsOpenedAgainAndOnlyAChangeIsTold) {
  start();
  clock.run_for(1s);
  door_wire.unplug();
  tilt_wire.unplug();
  clock.run_for(1s);
  EXPECT_EQ(states().back().code, "line lost");
  tilt_wire.set_silently(true);
  door_wire.plug();
  tilt_wire.plug();
  clock.run_for(40s);
  EXPECT_EQ(states().back().code, "");
  EXPECT_THAT(changes(), testing::ElementsAre("door-", "tilt+", "tilt-"));
}

TEST_F(ContactsDoorTest, EachContactIsToldOnceAtTheStartAndAfterEachChange) {
  start();
  clock.run_for(1h);
  EXPECT_THAT(changes(), testing::ElementsAre("door-", "tilt+"));
  door_wire.set(true);
  clock.run_for(1s);
  door_wire.set(false);
  clock.run_for(1s);
  EXPECT_THAT(changes(), testing::ElementsAre("door-", "tilt+", "door+", "door-"));
  ASSERT_EQ(states().size(), 1U);
  EXPECT_EQ(states()[0].code, "");
}

TEST_F(ContactsDoorTest, ABouncingSwitchIsToldOnceAMove) {
  start();
  clock.run_for(1s);
  FakeSwitch contact({.bounces = 7, .bounce = 45ms});
  play(contact.move(2s, true));
  clock.run_for(1s);
  play(contact.move(4s, false));
  clock.run_for(1s);
  play(contact.knock(6s, 30ms));
  clock.run_for(1s);
  EXPECT_THAT(changes(), testing::ElementsAre("door-", "tilt+", "door+", "door-"));
}

TEST_F(ContactsDoorTest, AKernelQueueThatOverflowsEndsInTheRightState) {
  start();
  clock.run_for(1s);
  FakeSwitch contact({});
  for (const auto& edge : contact.chatter(0ns, 41, 0ns)) door_wire.set(edge.high);
  ASSERT_TRUE(door_wire.level());
  clock.run_for(1s);
  EXPECT_THAT(changes(), testing::ElementsAre("door-", "tilt+", "door+"));
}

TEST_F(ContactsDoorTest, AChangeWithoutAnEdgeIsFoundWithinHalfAMinute) {
  start();
  clock.run_for(1s);
  door_wire.set_silently(true);
  clock.run_for(31s);
  EXPECT_THAT(changes(), testing::ElementsAre("door-", "tilt+", "door+"));
}

TEST_F(ContactsDoorTest, ALooseContactIsAFaultAndDoesNotFillTheLog) {
  start();
  clock.run_for(1s);
  for (int change = 0; change < 2000; ++change) {
    door_wire.set(change % 2 == 0);
    clock.run_for(200ms);
  }
  EXPECT_LE(changes().size(), Debounce::kMostChanges + 3);
  EXPECT_EQ(states().back().code, "restless");
  EXPECT_EQ(states().back().text, "door: its contact changes again and again");
  clock.run_for(31s);
  EXPECT_EQ(states().back().code, "");
  door_wire.set(true);
  clock.run_for(1s);
  EXPECT_EQ(changes().back(), "door+");
}

TEST_F(ContactsDoorTest, ChangesWaitWhileTheKioskDoesNotRead) {
  start(true, false);
  for (int move = 0; move < 6; ++move) {
    clock.run_for(1s);
    door_wire.set(move % 2 == 0);
  }
  clock.run_for(1s);
  EXPECT_EQ(facts.size(), 4U);
  group.spawn("reader", collect(facts, taken));
  clock.run_for(1s);
  EXPECT_THAT(changes(), testing::ElementsAre("door-", "tilt+", "door+", "door-", "door+", "door-",
                                              "door+", "door-"));
}

TEST_F(ContactsDoorTest, TheLockIsDrivenOffFirst) {
  start();
  ASSERT_EQ(lock_wire.history().size(), 1U);
  EXPECT_FALSE(lock_wire.history()[0].high);
}

TEST_F(ContactsDoorTest, UnlockIsOnePulse) {
  start();
  const auto unlocked = unlock_for(5s);
  ASSERT_TRUE(unlocked);
  EXPECT_TRUE(*unlocked);
  EXPECT_EQ(lock_wire.longest(true), 300ms);
  EXPECT_EQ(lock_wire.level(), false);
}

TEST_F(ContactsDoorTest, TheLockIsOffWhenTheOneWhoAskedIsCancelled) {
  start();
  clock.run_for(1s);
  TaskGroup person(context.get_executor(), {});
  person.spawn("unlock", door->unlock());
  clock.run_for(100ms);
  ASSERT_EQ(lock_wire.level(), true);
  person.cancel();
  clock.settle();
  EXPECT_TRUE(person.empty());
  EXPECT_EQ(lock_wire.level(), false);
}

TEST_F(ContactsDoorTest, TheLockIsOffWhenTheDriverIsCancelledInMidPulse) {
  start();
  clock.run_for(1s);
  std::optional<Result<void>> result;
  group.spawn("unlock", note_result(door->unlock(), result));
  clock.run_for(100ms);
  ASSERT_EQ(lock_wire.level(), true);
  group.cancel();
  clock.settle();
  EXPECT_EQ(lock_wire.level(), false);
  EXPECT_EQ(lock_wire.open(), 0);
}

TEST_F(ContactsDoorTest, UnlockTwiceInARowIsRefused) {
  start();
  ASSERT_TRUE(*unlock_for(500ms));
  const auto second = unlock_for(100ms);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->error(), make_error_code(ContactsErrc::too_soon));
  clock.run_for(2s);
  EXPECT_TRUE(*unlock_for(1s));
  EXPECT_EQ(lock_wire.longest(true), 300ms);
}

TEST_F(ContactsDoorTest, TwoWhoAskAtOnceGetOnePulse) {
  start();
  std::optional<Result<void>> first;
  std::optional<Result<void>> second;
  group.spawn("first", note_result(door->unlock(), first));
  group.spawn("second", note_result(door->unlock(), second));
  clock.run_for(1s);
  EXPECT_TRUE(*first);
  EXPECT_FALSE(*second);
  EXPECT_EQ(lock_wire.longest(true), 300ms);
}

TEST_F(ContactsDoorTest, ALockThatCannotBeReachedIsAnError) {
  lock_wire.unplug();
  start();
  const auto unlocked = unlock_for(1s);
  ASSERT_TRUE(unlocked);
  EXPECT_EQ(unlocked->error(), make_error_code(ContactsErrc::not_open));
}

TEST_F(ContactsDoorTest, ALockThatFailsInUseIsToldAndOpenedAgain) {
  start();
  clock.run_for(1s);
  lock_wire.jam(true);
  EXPECT_FALSE(*unlock_for(1s));
  EXPECT_EQ(states().back().code, "line lost");
  lock_wire.jam(false);
  clock.run_for(40s);
  EXPECT_EQ(states().back().code, "");
  EXPECT_EQ(lock_wire.level(), false);
  EXPECT_TRUE(*unlock_for(1s));
}

TEST_F(ContactsDoorTest, ABoxWithoutALockSaysSo) {
  start(false);
  const auto unlocked = unlock_for(1s);
  ASSERT_TRUE(unlocked);
  EXPECT_EQ(unlocked->error(), make_error_code(ContactsErrc::no_lock));
}

}  // namespace
}  // namespace yijuan::contacts
