#include "tests/conformance/door_conformance.hpp"

namespace yijuan::conformance {
namespace {

using namespace std::chrono_literals;

constexpr auto kLongestPulse = 500ms;
constexpr auto kDebounced = 1s;  // longer than any debounce

Task<void> collect(DeviceFacts& facts, std::vector<DeviceFact>& into) {
  while (true) {
    auto fact = co_await facts.pop();
    if (!fact) co_return fact.error();
    into.push_back(std::move(*fact));
  }
}

Task<void> ask(Door& door, std::vector<bool>& into) {
  auto unlocked = co_await door.unlock();
  into.push_back(unlocked.has_value());
  co_return Result<void>();
}

}  // namespace

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(DoorConformance);

void DoorConformance::start() {
  const auto group_of = [this] {
    return std::make_unique<TaskGroup>(context.get_executor(), TaskGroup::OnError{});
  };
  group = group_of();
  person = group_of();
  driver = machine->make_driver(
      {.executor = context.get_executor(), .clock = clock, .random = random}, facts);
  group->spawn("door", driver->run());
  listen();
  run_for(kDebounced);
}

void DoorConformance::TearDown() {
  for (auto* each : {&person, &group, &reader}) {
    if (*each == nullptr) continue;
    (*each)->cancel();
    run_for(1s);
  }
}

// In short steps: some lines are read from a file descriptor, which a jump would pass over.
void DoorConformance::run_for(std::chrono::nanoseconds duration) {
  for (const Instant end = clock.now() + duration; clock.now() < end;) clock.run_for(10ms);
}

void DoorConformance::listen() {
  reader = std::make_unique<TaskGroup>(context.get_executor(), TaskGroup::OnError{});
  reader->spawn("kiosk", collect(facts, taken));
}

void DoorConformance::stall() {
  reader->cancel();
  clock.settle();
  reader.reset();
}

void DoorConformance::unlock() {
  person->spawn("unlock", ask(*driver, unlocked));
}

std::string DoorConformance::told(const std::string& contact) const {
  std::string all;
  for (const auto& fact : taken) {
    const auto* const change = std::get_if<ContactChanged>(&fact);
    if (change != nullptr && change->contact == contact) all += change->active ? '+' : '-';
  }
  return all;
}

std::string DoorConformance::state() const {
  std::string code = "never";
  for (const auto& fact : taken) {
    const auto* const state = std::get_if<DeviceState>(&fact);
    if (state == nullptr) continue;
    EXPECT_EQ(state->device, "door");
    code = state->code;
    if (!code.empty()) EXPECT_FALSE(state->text.empty()) << "a fault without words";
  }
  return code;
}

TEST_P(DoorConformance, EachContactIsToldOnceAtTheStart) {
  machine->set("tilt", true);
  start();
  run_for(60s);
  EXPECT_EQ(told("door"), "-");
  EXPECT_EQ(told("tilt"), "+");
  EXPECT_EQ(state(), "");
  EXPECT_TRUE(std::ranges::any_of(
      taken, [](const auto& fact) { return std::holds_alternative<DeviceFound>(fact); }));
}

TEST_P(DoorConformance, AChangeThatLastsIsToldOnce) {
  start();
  machine->set("door", true);
  run_for(kDebounced);
  EXPECT_EQ(told("door"), "-+");
  run_for(60s);
  machine->set("door", false);
  run_for(kDebounced);
  EXPECT_EQ(told("door"), "-+-");
  EXPECT_EQ(told("tilt"), "-");
}

TEST_P(DoorConformance, ABounceIsNotTold) {
  start();
  for (int bounce = 0; bounce < 12; ++bounce) {
    machine->set("door", bounce % 2 == 0);
    run_for(10ms);
  }
  run_for(kDebounced);
  EXPECT_EQ(told("door"), "-");
}

TEST_P(DoorConformance, AfterAFullQueueTheLastStateIsTold) {
  start();
  stall();
  for (int move = 0; move < 9; ++move) {
    machine->set("door", move % 2 == 0);
    machine->set("tilt", move % 2 == 1);
    run_for(kDebounced);
  }
  EXPECT_LE(facts.size(), 3U);
  listen();
  run_for(40s);
  EXPECT_EQ(told("door").back(), '+');
  EXPECT_EQ(told("tilt").back(), '-');
  for (const char* contact : {"door", "tilt"}) {
    EXPECT_EQ(told(contact).find("++"), std::string::npos);
    EXPECT_EQ(told(contact).find("--"), std::string::npos);
  }
}

TEST_P(DoorConformance, ACableThatIsPulledIsToldAndMended) {
  start();
  if (!machine->unplug()) return;  // has none
  run_for(5s);
  EXPECT_NE(state(), "");
  unlock();
  run_for(5s);
  EXPECT_EQ(unlocked, (std::vector<bool>{false}));
  machine->plug();
  run_for(60s);
  EXPECT_EQ(state(), "");
  EXPECT_EQ(told("door"), "-");
  machine->set("door", true);
  run_for(kDebounced);
  EXPECT_EQ(told("door"), "-+");
  unlock();
  run_for(5s);
  EXPECT_EQ(unlocked, (std::vector<bool>{false, true}));
}

TEST_P(DoorConformance, ACableThatIsNotThereAtTheStartIsTold) {
  if (!machine->unplug()) return;  // has none
  start();
  run_for(5s);
  EXPECT_NE(state(), "");
  machine->plug();
  run_for(60s);
  EXPECT_EQ(state(), "");
  EXPECT_EQ(told("door"), "-");
}

TEST_P(DoorConformance, TheLockRestsUntilItIsAskedAndIsThenDrivenOnce) {
  start();
  EXPECT_FALSE(machine->driven());
  unlock();
  run_for(5s);
  EXPECT_EQ(unlocked, (std::vector<bool>{true}));
  EXPECT_FALSE(machine->driven());
  if (machine->longest_drive()) EXPECT_LE(*machine->longest_drive(), kLongestPulse);
}

TEST_P(DoorConformance, WhoAsksWithoutEndDoesNotHoldTheLock) {
  start();
  for (int time = 0; time < 40; ++time) {
    unlock();
    run_for(100ms);
  }
  run_for(1s);
  EXPECT_FALSE(machine->driven());
  if (machine->longest_drive()) EXPECT_LE(*machine->longest_drive(), kLongestPulse);
}

TEST_P(DoorConformance, TheLockIsOffOnceWhoAskedIsGone) {
  start();
  unlock();
  run_for(20ms);
  person->cancel();
  clock.settle();
  EXPECT_TRUE(person->empty());
  EXPECT_FALSE(machine->driven());
}

TEST_P(DoorConformance, TheLockIsOffOnceTheDriverIsStopped) {
  start();
  unlock();
  run_for(20ms);
  group->cancel();
  person->cancel();
  run_for(1s);
  EXPECT_TRUE(group->empty());
  EXPECT_FALSE(machine->driven());
}

}  // namespace yijuan::conformance
