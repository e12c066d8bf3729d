#include "tests/conformance/cash_acceptor_conformance.hpp"

#include <algorithm>
#include <set>

namespace yijuan::conformance {
namespace {

using namespace std::chrono_literals;

constexpr auto kRest = 15s;

class CountingRandom : public Random {
 public:
  void fill(std::span<std::uint8_t> bytes) override {
    for (auto& byte : bytes) byte = next_++;
  }

 private:
  std::uint8_t next_ = 0;
};

}  // namespace

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(CashAcceptorConformance);

std::string kind_name(const testing::TestParamInfo<MachineKind>& info) {
  return info.param.name;
}

void CashAcceptorConformance::SetUp() {
  random = std::make_unique<CountingRandom>();
  machine = GetParam().make(context.get_executor(), clock);
}

void CashAcceptorConformance::TearDown() {
  if (driver) kill();
}

void CashAcceptorConformance::start(bool accept, std::size_t queue) {
  facts = std::make_unique<DeviceFacts>(context.get_executor(), queue);
  group = std::make_unique<TaskGroup>(context.get_executor(), TaskGroup::OnError{});
  driver = machine->make_driver(
      DriverContext{.executor = context.get_executor(), .clock = clock, .random = *random}, *facts,
      mark());
  driver->accept(accept);
  group->spawn("acceptor", driver->run());
  listen();
}

bool CashAcceptorConformance::comes_up(std::chrono::seconds limit) {
  for (const Instant end = clock.now() + limit; clock.now() < end; run_for(100ms)) {
    if (machine->takes() && driver->open()) return true;
  }
  return false;
}

std::size_t CashAcceptorConformance::insert(std::size_t count) {
  std::size_t taken_in = 0;
  for (const Instant end = clock.now() + 5s * static_cast<int>(count);
       taken_in < count && clock.now() < end; run_for(200ms)) {
    if (machine->insert()) ++taken_in;
  }
  run_for(4s);
  return taken_in;
}

bool CashAcceptorConformance::stop() {
  group->cancel();
  run_for(5s);
  const bool ended = group->empty();
  end();
  return ended;
}

void CashAcceptorConformance::kill() {
  if (reader) reader->cancel();
  clock.settle();
  machine->unplug();
  group->cancel();
  run_for(5s);
  end();
  machine->plug();
}

void CashAcceptorConformance::end() {
  if (reader) reader->cancel();
  clock.settle();
  reader.reset();
  group.reset();
  driver.reset();
  facts.reset();
}

void CashAcceptorConformance::stall() {
  reader->cancel();
  clock.settle();
  reader.reset();
}

void CashAcceptorConformance::listen() {
  reader = std::make_unique<TaskGroup>(context.get_executor(), TaskGroup::OnError{});
  reader->spawn("kiosk", take());
}

Task<void> CashAcceptorConformance::take() {
  while (true) {
    auto fact = co_await facts->pop();
    if (!fact) co_return fact.error();
    const auto* const held = std::get_if<NoteInEscrow>(&*fact);
    auto* const note = dynamic_cast<NoteAcceptor*>(driver.get());
    if (held != nullptr && note != nullptr && verdict) note->decide(held->counter, *verdict);
    taken.push_back(std::move(*fact));
  }
}

std::vector<CashReport> CashAcceptorConformance::reports() const {
  std::vector<CashReport> found;
  for (const auto& fact : taken) {
    if (const auto* const report = std::get_if<CashReport>(&fact)) found.push_back(*report);
  }
  return found;
}

std::size_t CashAcceptorConformance::credited() const {
  std::size_t count = 0;
  for (const auto& report : reports()) {
    for (const auto& event : report.events) {
      const auto* const piece = std::get_if<CashAccepted>(&event);
      if (piece == nullptr) continue;
      const auto pieces = piece->amount.count() / machine->amount().count();
      EXPECT_EQ(piece->amount.count(), pieces * machine->amount().count());
      if (!abilities().merges) EXPECT_EQ(pieces, 1);
      count += static_cast<std::size_t>(pieces);
    }
  }
  return count;
}

std::size_t CashAcceptorConformance::lost() const {
  std::size_t sum = 0;
  for (const auto& report : reports()) sum += report.lost.value_or(0);
  return sum;
}

std::size_t CashAcceptorConformance::doubts() const {
  std::size_t count = 0;
  for (const auto& report : reports()) {
    if (report.restarted || report.swapped) ++count;
    count += static_cast<std::size_t>(std::ranges::count_if(report.events, [](const auto& event) {
      return std::holds_alternative<NoteUnclear>(event);
    }));
  }
  return count;
}

std::size_t CashAcceptorConformance::swaps() const {
  const auto all = reports();
  return static_cast<std::size_t>(
      std::ranges::count_if(all, [](const CashReport& report) { return report.swapped; }));
}

std::optional<CounterMark> CashAcceptorConformance::mark() const {
  std::optional<CounterMark> last;
  for (const auto& fact : taken) {
    if (const auto* const report = std::get_if<CashReport>(&fact)) last = report->mark;
    if (const auto* const held = std::get_if<NoteInEscrow>(&fact)) last = held->mark;
  }
  return last;
}

std::string CashAcceptorConformance::state() const {
  std::string code = "never";
  for (const auto& fact : taken) {
    const auto* const state = std::get_if<DeviceState>(&fact);
    if (state == nullptr || (state->device != "coin" && state->device != "note")) continue;
    code = state->code;
    if (!code.empty()) EXPECT_FALSE(state->text.empty()) << "a fault without words";
  }
  return code;
}

void CashAcceptorConformance::expect_sound() {
  run_for(kRest);
  EXPECT_LE(credited(), machine->in_the_box()) << "money was invented";
  if (!abilities().counts || doubts() > 0) return;
  EXPECT_EQ(credited() + lost(), machine->in_the_box()) << "money is missing without a word";
}

// --- taking money

TEST_P(CashAcceptorConformance, TakesNothingBeforeItIsToldTo) {
  start(false);
  run_for(15s);
  EXPECT_FALSE(machine->takes());
  EXPECT_FALSE(driver->open());
  EXPECT_EQ(insert(1), 0U);
  EXPECT_EQ(credited(), 0U);
  driver->accept(true);
  EXPECT_TRUE(comes_up());
}

TEST_P(CashAcceptorConformance, SaysThatItWorks) {
  start(true);
  ASSERT_TRUE(comes_up());
  run_for(1s);
  EXPECT_EQ(state(), "");
  EXPECT_TRUE(std::ranges::any_of(
      taken, [](const auto& fact) { return std::holds_alternative<DeviceFound>(fact); }));
}

TEST_P(CashAcceptorConformance, EveryPieceIsReportedOnce) {
  start(true);
  ASSERT_TRUE(comes_up());
  EXPECT_EQ(insert(8), 8U);
  expect_sound();
  EXPECT_EQ(credited(), 8U);
  EXPECT_EQ(lost(), 0U);
  EXPECT_EQ(doubts(), 0U);
}

TEST_P(CashAcceptorConformance, ShutsTheSlotWhenToldToAndOpensItAgain) {
  start(true);
  ASSERT_TRUE(comes_up());
  driver->accept(false);
  run_for(2s);
  EXPECT_FALSE(machine->takes());
  EXPECT_FALSE(driver->open());
  driver->accept(true);
  ASSERT_TRUE(comes_up(5s));
  EXPECT_EQ(insert(1), 1U);
  EXPECT_EQ(credited(), 1U);
}

TEST_P(CashAcceptorConformance, AFullQueueShutsTheSlotAndLosesNothing) {
  start(true, 2);
  ASSERT_TRUE(comes_up());
  stall();
  for (int offered = 0; offered < 40; ++offered) {
    (void)machine->insert();
    run_for(500ms);
  }
  EXPECT_FALSE(machine->takes());
  // A held note needs a verdict, which nobody gives.
  if (!abilities().holds) EXPECT_GT(machine->in_the_box(), 0U);
  EXPECT_LT(machine->in_the_box(), 12U);
  listen();
  ASSERT_TRUE(comes_up());
  expect_sound();
  EXPECT_EQ(credited(), machine->in_the_box());
}

// --- ends and beginnings

TEST_P(CashAcceptorConformance, CancelledItLeavesTheDeviceShutAndToldOfAll) {
  start(true);
  ASSERT_TRUE(comes_up());
  (void)insert(2);
  (void)machine->insert();
  EXPECT_TRUE(stop());
  EXPECT_FALSE(machine->takes());
  EXPECT_EQ(credited(), machine->in_the_box());
  const auto last = mark();
  if (abilities().counts) {
    ASSERT_TRUE(last);
    EXPECT_TRUE(last->quiet);
  }
}

TEST_P(CashAcceptorConformance, AfterAnOrderlyEndNothingIsInDoubt) {
  start(true);
  ASSERT_TRUE(comes_up());
  (void)insert(3);
  ASSERT_TRUE(stop());
  machine->cut_power(1s);
  run_for(60s);
  start(true);
  ASSERT_TRUE(comes_up());
  (void)insert(2);
  expect_sound();
  EXPECT_EQ(credited(), 5U);
  if (abilities().counts) EXPECT_EQ(doubts(), 0U);
}

TEST_P(CashAcceptorConformance, AKillLosesNoPieceOfADeviceThatCounts) {
  start(true);
  ASSERT_TRUE(comes_up());
  (void)insert(2);
  kill();
  for (int offered = 0; offered < 3; ++offered) {
    (void)machine->insert();
    run_for(300ms);
  }
  start(true);
  ASSERT_TRUE(comes_up());
  (void)insert(1);
  expect_sound();
}

TEST_P(CashAcceptorConformance, APulledCableIsToldAndMended) {
  start(true);
  ASSERT_TRUE(comes_up());
  (void)insert(1);
  machine->unplug();
  run_for(15s);
  EXPECT_FALSE(driver->open());
  if (abilities().answers) EXPECT_NE(state(), "");
  machine->plug();
  ASSERT_TRUE(comes_up(90s));
  run_for(1s);
  EXPECT_EQ(state(), "");
  EXPECT_EQ(insert(1), 1U);
  expect_sound();
}

TEST_P(CashAcceptorConformance, APowerCutInventsNothingAndIsSaidWhereItMayHaveCost) {
  start(true);
  ASSERT_TRUE(comes_up());
  (void)insert(3);
  (void)machine->insert();
  machine->cut_power(2s);
  ASSERT_TRUE(comes_up(90s));
  EXPECT_EQ(insert(1), 1U);
  run_for(kRest);
  EXPECT_LE(credited(), machine->in_the_box());
  if (abilities().counts && credited() < machine->in_the_box()) EXPECT_GT(doubts() + lost(), 0U);
}

TEST_P(CashAcceptorConformance, AnotherDeviceInItsPlaceIsToldAndUsed) {
  start(true);
  ASSERT_TRUE(comes_up());
  (void)insert(2);
  machine->unplug();
  machine->swap();
  run_for(5s);
  machine->plug();
  ASSERT_TRUE(comes_up(90s));
  EXPECT_EQ(insert(2), 2U);
  run_for(kRest);
  EXPECT_EQ(credited(), 4U);
  EXPECT_EQ(credited(), machine->in_the_box());
  if (abilities().names) EXPECT_EQ(swaps(), 1U);
}

// --- bad lines

void CashAcceptorConformance::recover() {
  (void)machine->set_line(Line::good);
  (void)machine->answer_from_elsewhere(false);
  ASSERT_TRUE(comes_up(90s));
  run_for(1s);
  EXPECT_EQ(state(), "");
  const std::size_t before = credited();
  EXPECT_EQ(insert(1), 1U);
  EXPECT_GT(credited(), before);
  expect_sound();
}

void CashAcceptorConformance::suffer_in_mid_course() {
  for (int offered = 0; offered < 20; ++offered) {
    (void)machine->insert();
    run_for(1s);
  }
  EXPECT_FALSE(driver->open());
  EXPECT_NE(state(), "");
  recover();
}

void CashAcceptorConformance::suffer_from_the_start() {
  start(true);
  run_for(20s);
  EXPECT_FALSE(machine->takes());
  EXPECT_FALSE(driver->open());
  EXPECT_NE(state(), "");
  EXPECT_NE(state(), "never");
  EXPECT_EQ(credited(), 0U);
  recover();
}

TEST_P(CashAcceptorConformance, EveryBadLineInMidCourseIsToldAndMended) {
  start(true);
  for (const Line line : {Line::silent, Line::garbage, Line::half, Line::flood}) {
    SCOPED_TRACE(static_cast<int>(line));
    ASSERT_TRUE(comes_up());
    (void)insert(1);
    if (!machine->set_line(line)) return;  // no line of bytes
    suffer_in_mid_course();
  }
}

TEST_P(CashAcceptorConformance, ALineThatIsBadFromTheStartIsToldAndMended) {
  for (const Line line : {Line::silent, Line::garbage, Line::half, Line::flood}) {
    SCOPED_TRACE(static_cast<int>(line));
    if (!machine->set_line(line)) return;  // no line of bytes
    suffer_from_the_start();
    ASSERT_TRUE(stop());
    taken.clear();
    SetUp();
  }
}

TEST_P(CashAcceptorConformance, RepliesFromAnotherAddressAreNotItsOwn) {
  start(true);
  ASSERT_TRUE(comes_up());
  if (!machine->answer_from_elsewhere(true)) return;  // no addresses
  suffer_in_mid_course();
}

// --- notes

TEST_P(CashAcceptorConformance, ANoteWithoutAVerdictGoesBack) {
  if (!abilities().holds) return;  // holds nothing
  verdict.reset();
  start(true);
  ASSERT_TRUE(comes_up());
  EXPECT_EQ(insert(1), 1U);
  run_for(30s);
  EXPECT_EQ(credited(), 0U);
  EXPECT_EQ(machine->in_the_box(), 0U);
}

TEST_P(CashAcceptorConformance, ANoteThatIsGivenBackIsNoMoney) {
  if (!abilities().holds) return;  // holds nothing
  verdict = NoteVerdict::give_back;
  start(true);
  ASSERT_TRUE(comes_up());
  EXPECT_EQ(insert(1), 1U);
  run_for(30s);
  EXPECT_EQ(credited(), 0U);
  EXPECT_EQ(machine->in_the_box(), 0U);
  verdict = NoteVerdict::stack;
  ASSERT_TRUE(comes_up());
  EXPECT_EQ(insert(1), 1U);
  expect_sound();
  EXPECT_EQ(credited(), 1U);
}

TEST_P(CashAcceptorConformance, AKillWhileANoteIsHeldInventsNothing) {
  if (!abilities().holds) return;  // holds nothing
  verdict.reset();
  start(true);
  ASSERT_TRUE(comes_up());
  EXPECT_TRUE(machine->insert());
  run_for(3s);
  kill();
  verdict = NoteVerdict::stack;
  start(true);
  ASSERT_TRUE(comes_up(90s));
  EXPECT_EQ(insert(1), 1U);
  expect_sound();
  EXPECT_GE(credited(), 1U);
}

}  // namespace yijuan::conformance
