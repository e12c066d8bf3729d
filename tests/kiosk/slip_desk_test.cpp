#include "kiosk/slip_desk.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "async/errc.hpp"
#include "async/sim_clock.hpp"
#include "async/task_group.hpp"
#include "io/errc.hpp"

namespace yijuan::kiosk {
namespace {

using namespace std::chrono_literals;

// Takes a second a slip.
struct FakePrinter : Printer {
  explicit FakePrinter(Clock& time) : clock(time) {}
  asio::awaitable<PrintResult> print(domain::SlipDocument) override {
    ++slips;
    auto slept = co_await clock.sleep_for(takes);
    if (!slept) co_return PrintResult{tlog::SlipOutcome::uncertain, "cut off"};
    co_return PrintResult{outcome, ""};
  }
  Task<void> ready() override {
    ++asked;
    if (hangs) {
      auto slept = co_await clock.sleep_for(24h);
      if (!slept) co_return slept;
    }
    if (!has_paper) co_return Error(IoErrc::failed, "no paper");
    co_return Result<void>();
  }
  [[nodiscard]] std::string identity() const override { return name; }
  std::string name;
  [[nodiscard]] std::optional<PrinterTrouble> trouble() const override { return told; }
  Clock& clock;
  std::chrono::nanoseconds takes = 1s;
  int slips = 0;
  std::optional<PrinterTrouble> told;
  tlog::SlipOutcome outcome = tlog::SlipOutcome::printed;
  bool has_paper = true;
  bool hangs = false;
  int asked = 0;
};

class SlipDeskTest : public testing::Test {
 protected:
  asio::io_context context;
  SimClock clock{context};
  FakePrinter printer{clock};
  std::vector<std::string> printed;
  std::vector<std::string> states;
  std::vector<std::string> whys;
  SlipDesk desk{
      context.get_executor(),
      clock,
      printer,
      {[this](const domain::Printed& done) {
         whys.push_back(done.why);
         printed.push_back(fmt::format("{} {}", done.gift, static_cast<int>(done.outcome)));
       },
       [this](const DeviceState& state) { states.push_back(state.code); },
       [this](const DeviceFound& found) { names.push_back(found.product); }}};
  std::vector<std::string> names;
  TaskGroup group{context.get_executor(), {}};

  void TearDown() override {
    group.cancel();
    clock.settle();
  }
};

TEST_F(SlipDeskTest, SlipsArePrintedOneAfterTheOther) {
  group.spawn("desk", desk.run());
  clock.settle();
  for (Seq gift = 1; gift <= 3; ++gift) desk.print({gift, 1, {}});
  clock.run_for(1500ms);
  EXPECT_EQ(printed, std::vector<std::string>{"1 0"});
  clock.run_for(2s);
  EXPECT_EQ(printed, (std::vector<std::string>{"1 0", "2 0", "3 0"}));
}

TEST_F(SlipDeskTest, ThePrinterIsAskedNowAndThen) {
  group.spawn("desk", desk.run());
  clock.run_for(1min);
  EXPECT_GE(printer.asked, 6);
  EXPECT_LE(printer.asked, 8);
  EXPECT_EQ(states.back(), "");
  printer.has_paper = false;
  clock.run_for(15s);
  EXPECT_NE(states.back(), "");
}

TEST_F(SlipDeskTest, APrinterThatNeverAnswersIsAFault) {
  printer.hangs = true;
  group.spawn("desk", desk.run());
  clock.run_for(1min);
  ASSERT_FALSE(states.empty());
  EXPECT_EQ(states.back(), "no answer");
}

TEST_F(SlipDeskTest, ASlipThatWaitedUntilItsDonorHasGoneIsNotPrintedLater) {
  printer.takes = 25s;  // somebody puts in paper meanwhile
  group.spawn("desk", desk.run());
  clock.settle();
  for (Seq gift = 1; gift <= 3; ++gift) desk.print({gift, 1, {}});
  clock.run_for(2min);
  EXPECT_EQ(printed, (std::vector<std::string>{"1 0", "2 0", "3 1"}));
  EXPECT_EQ(whys.back(), "not printed in time");
  EXPECT_EQ(printer.slips, 2);
  printer.takes = 1s;
  desk.print({4, 1, {}});
  clock.run_for(15s);
  EXPECT_EQ(printed.back(), "4 0") << "a fresh one prints";
}

TEST_F(SlipDeskTest, TroubleIsToldByItsStableWordAndPaperNearItsEndStillPrints) {
  printer.told = PrinterTrouble{std::string(kPaperNearEnd), "bring a roll"};
  group.spawn("desk", desk.run());
  clock.settle();
  EXPECT_EQ(states.back(), kPaperNearEnd);
  desk.print({1, 1, {}});
  clock.run_for(5s);
  EXPECT_EQ(printed.back(), "1 0");
  printer.has_paper = false;
  printer.told = PrinterTrouble{"paper out", "put in a new roll"};
  clock.run_for(15s);
  EXPECT_EQ(states.back(), "paper out");
}

TEST_F(SlipDeskTest, WhatThePrinterCallsItselfIsToldOnceAndAgainWhenItIsAnother) {
  printer.name = "XP-58";
  group.spawn("desk", desk.run());
  clock.run_for(1min);
  EXPECT_EQ(names, std::vector<std::string>{"XP-58"});
  printer.name = "RP326";
  clock.run_for(1min);
  EXPECT_EQ(names, (std::vector<std::string>{"XP-58", "RP326"}));
}

TEST_F(SlipDeskTest, EveryJobIsAnsweredAlsoAtAStop) {
  group.spawn("desk", desk.run());
  clock.settle();
  for (Seq gift = 1; gift <= 3; ++gift) desk.print({gift, 1, {}});
  clock.run_for(500ms);
  group.cancel();
  clock.run();
  ASSERT_EQ(printed.size(), 3U);
  EXPECT_EQ(printed[0], fmt::format("1 {}", static_cast<int>(tlog::SlipOutcome::uncertain)));
  EXPECT_EQ(printed[1], fmt::format("2 {}", static_cast<int>(tlog::SlipOutcome::failed)));
  EXPECT_TRUE(group.empty());
}

}  // namespace
}  // namespace yijuan::kiosk
