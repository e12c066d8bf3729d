// The printer's driver over the real libusb, to the simulated printer: whole slips.
#include <gmock/gmock.h>

#include <boost/asio/io_context.hpp>
#include <thread>

#include "drivers/escpos/fake.hpp"
#include "drivers/escpos/printer.hpp"
#include "drivers/escpos/sample_slip.hpp"
#include "io/real_clock.hpp"
#include "io/stream_source.hpp"
#include "tests/support/run_task.hpp"
#include "tests/usb/usb_bus.hpp"

namespace yijuan::escpos {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using tlog::SlipOutcome;

Task<PrintResult> print_task(Printer& printer) {
  auto result = co_await printer.print(sample_slip());
  co_return Result<PrintResult>(std::move(result));
}

class UsbSlip : public testing::Test {
 protected:
  void start(const std::string& model, escpos_fake::Behaviour behaviour = {}) {
    options.model = *find_model(model);
    options.paper = Paper{576};
    behaviour.abilities.dots = 576;
    behaviour.abilities.native_qr = options.model.native_qr;
    behaviour.abilities.process_id = options.model.confirms == Confirms::process_id;
    behaviour.has_automatic = options.model.automatic;
    if (options.model.clears == Clears::dle_dc4) behaviour.clears = escpos_fake::Clears::dle_dc4;
    paper = std::make_unique<escpos_fake::Printer>(behaviour);
    plug();
    driver = std::make_unique<EscposPrinter>(
        context.get_executor(), std::move(*make_stream_source("usb:", clock)), clock, options);
    for (int i = 0; i < 5 && !test::run_task(context, driver->ready()); ++i) {
    }
  }
  void plug() {
    printer = bus.plug({}, "1-1");
    printer->set_sink([this](BytesView bytes) { return paper->receive(bytes); },
                      [this] { return paper->take_answers(); });
  }
  PrintResult print() {
    auto result = test::run_task(context, print_task(*driver));
    printer->between([] {});  // what the device's thread did is ours to look at
    return *result;
  }
  void TearDown() override {
    driver.reset();
    printer->between([] {});
  }
  // What happens to the device once so many bytes of the next slip have arrived.
  std::thread after(std::size_t bytes, std::function<void()> happens) {
    const std::size_t from = printer->taken().size();
    return std::thread([this, from, bytes, happens = std::move(happens)] {
      while (printer->taken().size() < from + bytes) std::this_thread::sleep_for(1ms);
      happens();
    });
  }

  test::UsbBus bus;
  asio::io_context context;
  RealClock clock;
  PrinterOptions options;
  std::unique_ptr<escpos_fake::Printer> paper;
  std::shared_ptr<test::UsbPrinter> printer;
  std::unique_ptr<EscposPrinter> driver;
};

TEST_F(UsbSlip, IsPrintedOnceAndNoPictureFiresTheDrawerPulse) {
  start("rongta-rp326");
  for (int i = 0; i < 2; ++i) {
    const PrintResult result = print();
    EXPECT_EQ(result.outcome, SlipOutcome::printed) << result.why;
  }
  EXPECT_EQ(paper->slips().size(), 2U);
  EXPECT_EQ(paper->pulses(), 0);
  EXPECT_THAT(paper->alarms(), testing::IsEmpty());
}

TEST_F(UsbSlip, WaitsForNewPaperAndGoesOnWhereItStopped) {
  escpos_fake::Behaviour small;
  small.buffer = 300;
  options.piece_limit = 300ms;
  options.mend_interval = 50ms;
  start("epson-tm-t20", small);
  EXPECT_EQ(print().outcome, SlipOutcome::printed);
  printer->between([this] { paper->paper_ends_after(300); });
  std::thread hand = after(600, [this] {
    std::this_thread::sleep_for(1s);
    printer->between([this] { paper->set_paper(true); });
  });
  const PrintResult result = print();
  hand.join();
  EXPECT_EQ(result.outcome, SlipOutcome::printed) << result.why;
  ASSERT_EQ(paper->slips().size(), 2U);
  EXPECT_EQ(paper->slips()[1].text, paper->slips()[0].text) << "no line twice, none missing";
  EXPECT_GT(printer->counts().discarded, 0) << "the printer never was full: the test is blind";
}

TEST_F(UsbSlip, UnpluggedInTheMiddleIsUncertainAndTheNextOneAfterAReplugPrints) {
  start("rongta-rp326");
  EXPECT_EQ(print().outcome, SlipOutcome::printed);
  printer->take_at_most(1500);
  std::thread hand = after(1000, [this] { bus.unplug(*printer); });
  const PrintResult lost = print();
  hand.join();
  EXPECT_EQ(lost.outcome, SlipOutcome::uncertain) << lost.why;
  const PrintResult none = print();
  EXPECT_EQ(none.outcome, SlipOutcome::failed);
  EXPECT_THAT(none.why, HasSubstr("no USB printer is plugged in"));
  EXPECT_EQ(driver->trouble()->code, "no answer");
  paper->power_cycle();
  plug();
  PrintResult again = print();
  for (int i = 0; i < 5 && again.outcome == SlipOutcome::failed; ++i) again = print();
  EXPECT_EQ(again.outcome, SlipOutcome::printed) << again.why;
}

TEST_F(UsbSlip, APortThatSaysPaperEmptyIsBelievedEvenIfThePrinterSaysAllIsWell) {
  start("rongta-rp326");
  printer->set_port_status(0x38);
  const PrintResult result = print();
  EXPECT_EQ(result.outcome, SlipOutcome::failed);
  EXPECT_EQ(driver->trouble()->code, "paper out");
  printer->set_port_status(0x18);
  EXPECT_EQ(print().outcome, SlipOutcome::printed);
}

TEST_F(UsbSlip, AHaltInTheMiddleIsUncertainAndTheNextOnePrints) {
  start("rongta-rp326");
  EXPECT_EQ(print().outcome, SlipOutcome::printed);
  std::thread hand = after(600, [this] { printer->stall(1, 64); });
  const PrintResult result = print();
  hand.join();
  EXPECT_NE(result.outcome, SlipOutcome::failed);
  EXPECT_EQ(print().outcome, SlipOutcome::printed);
}

}  // namespace
}  // namespace yijuan::escpos
