#include "tests/conformance/printer_conformance.hpp"

#include <gmock/gmock.h>

#include "async/task_group.hpp"
#include "drivers/escpos/printer.hpp"
#include "drivers/escpos/sample_slip.hpp"
#include "tests/support/run_task.hpp"

namespace yijuan::conformance {
namespace {

using namespace std::chrono_literals;
using escpos_fake::Port;
using testing::HasSubstr;
using tlog::SlipOutcome;

escpos_fake::Clears clears_of(const escpos::Model& model) {
  switch (model.clears) {
    case escpos::Clears::dle_dc4:
      return escpos_fake::Clears::dle_dc4;
    case escpos::Clears::dle_enq:
      return escpos_fake::Clears::dle_enq;
    case escpos::Clears::nothing:
      break;
  }
  return escpos_fake::Clears::nothing;
}

constexpr const char* kLastLine = "本凭条不是公益事业捐赠票据。";

Task<PrintResult> print_task(Printer& printer) {
  auto result = co_await printer.print(escpos::sample_slip());
  co_return Result<PrintResult>(std::move(result));
}

Task<PrintResult> print_and(Printer& printer, Clock& clock, std::chrono::nanoseconds delay,
                            std::function<void()> world) {
  const auto executor = co_await asio::this_coro::executor;
  struct Later {
    static Task<void> happen(Clock& when, std::chrono::nanoseconds wait,
                             std::function<void()> what) {
      auto slept = co_await when.sleep_for(wait);
      if (slept) what();
      co_return Result<void>();
    }
  };
  TaskGroup group(executor, {});
  group.spawn("world", Later::happen(clock, delay, std::move(world)));
  auto result = co_await printer.print(escpos::sample_slip());
  co_await group.cancel_and_join();
  co_return Result<PrintResult>(std::move(result));
}

}  // namespace

PrinterConformance::PrinterConformance() {
  make({});
}
PrinterConformance::~PrinterConformance() = default;

void PrinterConformance::make(escpos_fake::Behaviour behaviour) {
  const escpos::Model model = *escpos::find_model(GetParam().model);
  behaviour.abilities.dots = model.dots_80 > 0 ? model.dots_80 : model.dots_58;
  behaviour.abilities.native_qr = model.native_qr;
  behaviour.abilities.four_byte = model.four_byte;
  behaviour.abilities.cutter = model.cutter != escpos::Cutter::none;
  behaviour.abilities.process_id = model.confirms == escpos::Confirms::process_id;
  behaviour.only_idle = model.confirms == escpos::Confirms::idle;
  behaviour.silent = behaviour.silent || model.confirms == escpos::Confirms::nothing;
  behaviour.has_automatic = model.automatic;
  behaviour.clears = clears_of(model);
  behaviour.drops_on_reload = behaviour.drops_on_reload || !model.keeps_buffer;
  behaviour.works_by_itself = GetParam().pace == 0;
  driver.reset();
  line.reset();
  device = std::make_unique<escpos_fake::Printer>(behaviour);
  line = std::make_unique<escpos_fake::Line>(context.get_executor(), clock, *device);
  line->faults.port = GetParam().port;
  line->faults.pace = GetParam().pace;
  make_driver();
}

void PrinterConformance::make_driver() {
  escpos::PrinterOptions options;
  options.model = *escpos::find_model(GetParam().model);
  const int large = options.model.dots_80;
  options.paper = escpos::Paper{large > 0 ? large : options.model.dots_58};
  driver = std::make_unique<escpos::EscposPrinter>(
      context.get_executor(), std::make_unique<escpos_fake::SharedLine>(*line), clock, options);
}

PrintResult PrinterConformance::print() {
  auto result = test::run_task(context, clock, print_task(*driver));
  return *result;
}

PrintResult PrinterConformance::print_while(std::chrono::nanoseconds delay,
                                            std::function<void()> world) {
  auto result = test::run_task(context, clock, print_and(*driver, clock, delay, std::move(world)));
  return *result;
}

Result<void> PrinterConformance::ready() {
  return test::run_task(context, clock, driver->ready());
}

std::size_t PrinterConformance::whole_slips() const {
  std::size_t count = 0;
  for (const auto& slip : device->slips()) count += slip.text.contains(kLastLine) ? 1 : 0;
  const bool uncut = device->paper().slip().text.contains(kLastLine);
  return count + (uncut ? 1 : 0);
}

TEST_P(PrinterConformance, PrintsASlipOnceAndFiresNoPulse) {
  EXPECT_TRUE(ready());
  const PrintResult result = print();
  EXPECT_EQ(result.outcome, SlipOutcome::printed) << result.why;
  EXPECT_EQ(whole_slips(), 1U);
  EXPECT_EQ(device->pulses(), 0);
  EXPECT_THAT(device->alarms(), testing::IsEmpty());
}

TEST_P(PrinterConformance, TroubleBeforeASlipIsToldByItsWordAndNothingIsPrinted) {
  if (escpos::find_model(GetParam().model)->confirms == escpos::Confirms::nothing) {
    return;  // a printer that cannot tell
  }
  using Cause = void (*)(escpos_fake::Printer&);
  const std::vector<std::pair<Cause, std::string>> troubles = {
      {[](escpos_fake::Printer& p) { p.set_paper(false); }, "paper out"},
      {[](escpos_fake::Printer& p) { p.set_cover(true); }, "cover open"},
      {[](escpos_fake::Printer& p) { p.set_cutter_stuck(true); }, "cutter stuck"},
      {[](escpos_fake::Printer& p) { p.set_hot(true); }, "head hot"},
      {[](escpos_fake::Printer& p) { p.set_offline(true); }, "offline"},
  };
  for (const auto& [cause, word] : troubles) {
    make({});
    cause(*device);
    EXPECT_FALSE(ready());
    ASSERT_TRUE(driver->trouble()) << word;
    // One that answers only when idle is never idle while it is offline.
    const bool mute = escpos::find_model(GetParam().model)->confirms == escpos::Confirms::idle &&
                      driver->trouble()->code == "no answer";
    if (!mute) {
      EXPECT_EQ(driver->trouble()->code, word);
    }
    const PrintResult result = print();
    EXPECT_EQ(result.outcome, SlipOutcome::failed) << word;
    EXPECT_FALSE(result.why.empty());
    EXPECT_FALSE(device->paper().has_ink());
  }
}

TEST_P(PrinterConformance, PaperNearItsEndIsToldAndSlipsStillPrint) {
  if (escpos::find_model(GetParam().model)->confirms == escpos::Confirms::nothing) {
    return;  // a printer that cannot tell
  }
  device->set_near_end(true);
  EXPECT_TRUE(ready());
  ASSERT_TRUE(driver->trouble());
  EXPECT_EQ(driver->trouble()->code, kPaperNearEnd);
  EXPECT_EQ(print().outcome, SlipOutcome::printed);
}

TEST_P(PrinterConformance, PaperThatEndsInASlipIsNeverCalledPrinted) {
  if (GetParam().port == Port::none &&
      escpos::find_model(GetParam().model)->confirms == escpos::Confirms::nothing) {
    return;  // nothing tells: the README says so
  }
  device->paper_ends_after(300);
  const PrintResult result = print();
  EXPECT_EQ(result.outcome, SlipOutcome::uncertain) << result.why;
  EXPECT_EQ(whole_slips(), 0U);
}

TEST_P(PrinterConformance, NewPaperInTheMiddleGoesOnWhereItStoppedOrIsUncertain) {
  if (escpos::find_model(GetParam().model)->confirms == escpos::Confirms::nothing) {
    return;  // nothing tells that paper is in again
  }
  device->paper_ends_after(300);
  const PrintResult result = print_while(20s, [this] { device->set_paper(true); });
  if (GetParam().keeps_buffer) {
    EXPECT_EQ(result.outcome, SlipOutcome::printed) << result.why;
    EXPECT_EQ(whole_slips(), 1U);
    EXPECT_TRUE(device->slips().at(0).text.contains("捐赠")) << "one slip, from its first line on";
  } else {
    EXPECT_EQ(result.outcome, SlipOutcome::uncertain) << "it forgot the rest";
    EXPECT_EQ(whole_slips(), 0U);
  }
  EXPECT_THAT(device->alarms(), testing::IsEmpty());
}

TEST_P(PrinterConformance, AFullBufferGoesOnAtTheVeryByteWhereItStopped) {
  EXPECT_EQ(print().outcome, SlipOutcome::printed);
  const Bytes whole = device->slips().empty() ? Bytes() : device->slips().at(0).raw;
  if (!GetParam().keeps_buffer) return;  // the rest is lost with the buffer
  escpos_fake::Behaviour small;
  small.buffer = 300;
  make(small);
  EXPECT_EQ(print().outcome, SlipOutcome::printed);
  ASSERT_EQ(device->slips().size(), 1U);
  EXPECT_EQ(device->slips().at(0).raw, whole);
  device->paper_ends_after(200);
  const PrintResult result = print_while(35s, [this] { device->set_paper(true); });
  EXPECT_EQ(result.outcome, SlipOutcome::printed) << result.why;
  ASSERT_EQ(device->slips().size(), 2U);
  EXPECT_EQ(device->slips().at(1).raw.size(), whole.size()) << "no byte twice, none missing";
  EXPECT_THAT(device->alarms(), testing::IsEmpty());
}

TEST_P(PrinterConformance, NewPaperThatComesTooLateIsUncertainAndNotRepeated) {
  if (escpos::find_model(GetParam().model)->confirms == escpos::Confirms::nothing) {
    return;  // nothing tells
  }
  device->paper_ends_after(300);
  EXPECT_EQ(print().outcome, SlipOutcome::uncertain);
  device->set_paper(true);
  device->work(device->buffered());
  EXPECT_EQ(whole_slips(), 0U) << "the rest came out for whoever loaded paper";
  test::run_task(context, clock, clock.sleep_for(5min)).value();
  EXPECT_EQ(whole_slips(), 0U) << "printed again by itself";
  EXPECT_EQ(print().outcome, SlipOutcome::printed);
  EXPECT_EQ(whole_slips(), 1U);
  EXPECT_THAT(device->alarms(), testing::IsEmpty());
}

TEST_P(PrinterConformance, ASlipThatAKilledDriverLeftIsNotFinishedByNewPaper) {
  const escpos::Model model = *escpos::find_model(GetParam().model);
  if (model.confirms == escpos::Confirms::nothing) return;  // nothing tells
  device->paper_ends_after(300);
  print_while(5s,
              [this] { line->faults.breaks_after = 0; });  // whatever it does at its end is lost
  line->faults.breaks_after = escpos_fake::LineFaults().breaks_after;
  make_driver();
  EXPECT_FALSE(ready());
  device->set_paper(true);
  device->work(device->buffered());
  EXPECT_EQ(whole_slips(), 0U) << "the rest came out for whoever loaded paper";
  EXPECT_EQ(print().outcome, SlipOutcome::printed);
  EXPECT_EQ(whole_slips(), 1U);
  EXPECT_THAT(device->alarms(), testing::IsEmpty());
}

TEST_P(PrinterConformance, NoOrderToDropTheRestEndsUpInsideAPicture) {
  const escpos::Model model = *escpos::find_model(GetParam().model);
  if (model.confirms == escpos::Confirms::nothing) return;  // nothing tells
  for (const std::size_t buffer : {300U, 1000U, 4100U}) {
    escpos_fake::Behaviour small;
    small.buffer = buffer;
    make(small);
    device->paper_ends_after(buffer == 4100U ? 60 : 200);  // in the code, or before it
    EXPECT_EQ(print().outcome, SlipOutcome::uncertain);
    EXPECT_FALSE(ready());
    device->set_paper(true);
    device->work(device->buffered());
    EXPECT_EQ(whole_slips(), 0U);
    EXPECT_EQ(print().outcome, SlipOutcome::printed);
    EXPECT_THAT(device->alarms(), testing::Not(testing::Contains(HasSubstr("told to drop"))));
  }
}

TEST_P(PrinterConformance, ALostLineIsNeverCalledPrinted) {
  for (const std::size_t after : {0U, 10U, 100U, 1000U, 5000U}) {
    for (const bool swallows : {false, true}) {
      if (swallows && escpos::find_model(GetParam().model)->confirms == escpos::Confirms::nothing) {
        continue;  // a wire cut in silence under a printer that says nothing cannot be told
      }
      make({});
      line->faults.breaks_after = after;
      line->faults.swallows = swallows;
      const PrintResult result = print();
      EXPECT_NE(result.outcome, SlipOutcome::printed) << after;
      if (result.outcome == SlipOutcome::failed) {
        EXPECT_FALSE(device->paper().has_ink()) << after;
      }
    }
  }
}

TEST_P(PrinterConformance, PowerCutInASlipIsNotPrintedAndTheNextSlipIsWhole) {
  if (GetParam().pace == 0) return;  // prints in no time
  if (escpos::find_model(GetParam().model)->confirms == escpos::Confirms::nothing) {
    return;  // nothing tells: the README says so
  }
  const PrintResult result = print_while(500ms, [this] { device->power_cycle(); });
  EXPECT_NE(result.outcome, SlipOutcome::failed) << "some of it is on paper";
  if (result.outcome == SlipOutcome::printed) {
    EXPECT_EQ(whole_slips(), 1U);
  }
  const std::size_t before = whole_slips();
  EXPECT_EQ(print().outcome, SlipOutcome::printed);
  EXPECT_EQ(whole_slips(), before + 1);
}

TEST_P(PrinterConformance, ARefusedTransferIsNotPrintedAndTheNextSlipIs) {
  EXPECT_EQ(print().outcome, SlipOutcome::printed);
  line->faults.stalls_after = line->passed() + 700;
  EXPECT_EQ(print().outcome, SlipOutcome::uncertain);
  const std::size_t before = whole_slips();
  EXPECT_EQ(print().outcome, SlipOutcome::printed);
  EXPECT_EQ(whole_slips(), before + 1);
}

TEST_P(PrinterConformance, APortThatReportsTroubleCountsWhateverThePrinterItselfSays) {
  escpos_fake::Behaviour liar;
  liar.lies = true;
  make(liar);
  line->faults.port = Port::always_out;
  EXPECT_FALSE(ready());
  EXPECT_EQ(driver->trouble()->code, "paper out");
  EXPECT_EQ(print().outcome, SlipOutcome::failed);
  EXPECT_FALSE(device->paper().has_ink());
}

TEST_P(PrinterConformance, APortThatIsAlwaysWellProvesNothing) {
  if (escpos::find_model(GetParam().model)->confirms == escpos::Confirms::nothing) {
    return;  // a printer that cannot tell
  }
  line->faults.port = Port::always_good;
  device->set_paper(false);
  EXPECT_FALSE(ready());
  EXPECT_EQ(print().outcome, SlipOutcome::failed);
}

TEST_P(PrinterConformance, APrinterThatLiesIsNotBelievedThatASlipIsOut) {
  const auto confirms = escpos::find_model(GetParam().model)->confirms;
  if (confirms == escpos::Confirms::nothing) return;  // a printer that cannot tell
  escpos_fake::Behaviour liar;
  liar.lies = true;
  make(liar);
  line->faults.port = Port::always_good;
  device->paper_ends_after(300);
  const PrintResult result = print();
  EXPECT_EQ(result.outcome, SlipOutcome::uncertain) << "only the end of the slip itself is proof";
}

namespace {

std::string name_of(const testing::TestParamInfo<PrinterKind>& info) {
  return info.param.name;
}

INSTANTIATE_TEST_SUITE_P(
    EveryPort, PrinterConformance,
    testing::Values(
        PrinterKind{.name = "GenericSerial", .model = "generic", .pace = 200},
        PrinterKind{.name = "GenericTcp", .model = "generic"},
        PrinterKind{.name = "GenericUsb", .model = "generic", .port = Port::honest, .pace = 200},
        PrinterKind{.name = "EpsonTcp", .model = "epson-tm-t81iii", .keeps_buffer = true},
        PrinterKind{.name = "EpsonUsb",
                    .model = "epson-tm-t20",
                    .port = Port::honest,
                    .pace = 200,
                    .keeps_buffer = true},
        PrinterKind{
            .name = "CloneUsb", .model = "clone-80", .port = Port::always_good, .pace = 200},
        PrinterKind{.name = "EpsonChineseSerial",
                    .model = "epson-tm-t70ii-ch",
                    .pace = 200,
                    .keeps_buffer = true},
        PrinterKind{.name = "Columns42Serial", .model = "pos-80-512", .pace = 200},
        PrinterKind{.name = "SnbcSerial", .model = "snbc-btp", .pace = 200},
        PrinterKind{.name = "SmallUsb", .model = "xprinter-xp-58", .port = Port::always_good},
        PrinterKind{.name = "SilentUsb", .model = "silent", .port = Port::honest, .pace = 200},
        PrinterKind{.name = "SilentFile", .model = "silent"}),
    name_of);

}  // namespace
}  // namespace yijuan::conformance
