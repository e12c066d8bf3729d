#include "tests/conformance/counter_conformance.hpp"

#include "async/errc.hpp"
#include "async/with_timeout.hpp"
#include "tests/support/run_task.hpp"

namespace yijuan::conformance {
namespace {

using namespace std::chrono_literals;

const Total kTotal = {{Fen(10), 500}, {Fen(50), 1377}, {Fen(100), 8123}};
const Total kSmall = {{Fen(100), 1}};

}  // namespace

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(CounterConformance);

void CounterConformance::SetUp() {
  machine = GetParam().make(context.get_executor(), clock);
  driver =
      machine->make_driver({.executor = context.get_executor(), .clock = clock, .random = random});
}

Result<Total> CounterConformance::read() {
  return test::run_task(context, clock, driver->read_total());
}

TEST_P(CounterConformance, AWholeTotalComesWithItsValuesAscending) {
  machine->print(clock.now() + 5s, kTotal);
  const auto total = read();
  ASSERT_TRUE(total) << total.error().message();
  EXPECT_EQ(*total, kTotal);
}

TEST_P(CounterConformance, NobodyKnowsWhenTheKeyIsPressed) {
  machine->print(clock.now() + 3h, kSmall);
  EXPECT_EQ(read().value(), kSmall);
}

TEST_P(CounterConformance, WhatIsPrintedBetweenTwoCallsIsNotLost) {
  machine->print(clock.now() + 1s, kTotal);
  EXPECT_EQ(read().value(), kTotal);
  machine->print(clock.now() + 1s, kSmall);
  machine->print(clock.now() + 20s, kTotal);
  clock.run_for(60s);
  EXPECT_EQ(read().value(), kSmall);
  EXPECT_EQ(read().value(), kTotal);
}

TEST_P(CounterConformance, NoFaultOfTheMachineIsATotalAndTheNextOneIsRead) {
  for (const std::string& fault : machine->faults()) {
    machine->misprint(clock.now() + 1s, kTotal, fault);
    const auto wrong = read();
    EXPECT_FALSE(wrong) << fault;
    if (!wrong) EXPECT_FALSE(wrong.error().message().empty()) << fault;
    machine->print(clock.now() + 10s, kTotal);
    const auto total = read();
    ASSERT_TRUE(total) << "after " << fault << ": " << total.error().message();
    EXPECT_EQ(*total, kTotal) << "after " << fault;
  }
}

TEST_P(CounterConformance, GarbageIsNeverATotal) {
  machine->send(clock.now() + 1s, std::string(20'000, '\xFF') + "\r\n");
  machine->print(clock.now() + 60s, kTotal);
  for (int tries = 0; tries < 50; ++tries) {
    const auto total = read();
    if (!total) continue;
    EXPECT_EQ(*total, kTotal);
    return;
  }
  FAIL() << "the total behind the garbage was not read";
}

TEST_P(CounterConformance, ALostLineIsAnErrorAndIsOpenedAgain) {
  machine->unplug();
  EXPECT_FALSE(read());
  machine->plug();
  machine->print(clock.now() + 1s, kSmall);
  EXPECT_EQ(read().value(), kSmall);
}

TEST_P(CounterConformance, ACancelledCallEndsAtOnceAndAnotherReadsOn) {
  const auto given_up =
      test::run_task(context, clock, with_timeout(clock, 10s, driver->read_total()));
  ASSERT_FALSE(given_up);
  EXPECT_EQ(given_up.error(), make_error_code(AsyncErrc::timed_out));
  machine->print(clock.now() + 1s, kSmall);
  EXPECT_EQ(read().value(), kSmall);
}

}  // namespace yijuan::conformance
