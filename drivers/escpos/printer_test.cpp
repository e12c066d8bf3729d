#include "drivers/escpos/printer.hpp"

#include <gmock/gmock.h>

#include <boost/asio/io_context.hpp>

#include "async/task_group.hpp"
#include "drivers/escpos/fake_line.hpp"
#include "drivers/escpos/sample_slip.hpp"
#include "ports/driver.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/seeded_random.hpp"

namespace yijuan::drivers {
extern const Driver escpos;
}

namespace yijuan::escpos {
namespace {

using tlog::SlipOutcome;
using namespace std::chrono_literals;

// A printer, a line to it and the driver, in simulated time.
class Bench {
 public:
  explicit Bench(std::string_view model = "generic", escpos_fake::Behaviour behaviour = {})
      : Bench(*find_model(model), behaviour) {}
  explicit Bench(const Model& model, escpos_fake::Behaviour behaviour = {})
      : device(with_abilities(model, behaviour)), line(context.get_executor(), clock, device) {
    options.model = model;
    options.paper = Paper{behaviour.abilities.dots};
    restart();
  }

  void restart() {
    driver = std::make_unique<EscposPrinter>(
        context.get_executor(), std::make_unique<escpos_fake::SharedLine>(line), clock, options);
  }

  PrintResult print(domain::SlipDocument document = sample_slip()) {
    auto result = test::run_task(context, clock, print_task(*driver, std::move(document)));
    EXPECT_TRUE(result.has_value());
    return *result;
  }

  Result<void> ready() { return test::run_task(context, clock, driver->ready()); }

  asio::io_context context;
  SimClock clock{context};
  escpos_fake::Printer device;
  escpos_fake::Line line;
  PrinterOptions options;
  std::unique_ptr<EscposPrinter> driver;

  static Task<PrintResult> print_task(Printer& printer, domain::SlipDocument document) {
    auto result = co_await printer.print(std::move(document));
    co_return Result<PrintResult>(std::move(result));
  }

 private:
  static escpos_fake::Clears clears_of(const Model& known) {
    if (known.clears == Clears::dle_dc4) return escpos_fake::Clears::dle_dc4;
    if (known.clears == Clears::dle_enq) return escpos_fake::Clears::dle_enq;
    return escpos_fake::Clears::nothing;
  }

  static escpos_fake::Behaviour with_abilities(const Model& known,
                                               escpos_fake::Behaviour behaviour) {
    behaviour.abilities.native_qr = known.native_qr;
    behaviour.abilities.four_byte = known.four_byte;
    behaviour.abilities.cutter = known.cutter != Cutter::none;
    behaviour.abilities.process_id = known.confirms == Confirms::process_id;
    behaviour.clears = clears_of(known);
    behaviour.only_idle = behaviour.only_idle || known.confirms == Confirms::idle;
    behaviour.silent = behaviour.silent || known.confirms == Confirms::nothing;
    return behaviour;
  }
};

Task<void> print_and_forget(Printer& printer) {
  auto result = co_await printer.print(sample_slip());
  EXPECT_NE(result.outcome, SlipOutcome::printed);
  co_return Result<void>();
}

domain::SlipDocument small_slip() {
  return {{domain::TextLine{.text = "捐赠凭条"}, domain::FieldLine{"编号", "BOX01-AB12-000123"}}};
}

escpos_fake::Behaviour wide() {
  escpos_fake::Behaviour behaviour;
  behaviour.abilities.dots = 576;
  return behaviour;
}

// The paper that the model takes: the small one if it takes both.
escpos_fake::Behaviour paper_of(const Model& model) {
  escpos_fake::Behaviour behaviour;
  behaviour.abilities.dots = model.dots_58 > 0 ? model.dots_58 : model.dots_80;
  return behaviour;
}

TEST(Printer, PrintsANameOfFourBytesOnTheModelThatHasItAndAGapOnTheOthers) {
  const domain::SlipDocument named{{domain::FieldLine{"捐赠人", "王𠮷仁"}}};
  for (const Model& model : all_models()) {
    if (model.cutter == Cutter::none) continue;  // nothing ends its slip
    Bench bench(model.name, paper_of(model));
    EXPECT_EQ(bench.print(named).outcome, SlipOutcome::printed) << model.name;
    ASSERT_EQ(bench.device.slips().size(), 1U) << model.name;
    const std::string& text = bench.device.slips()[0].text;
    EXPECT_NE(text.find(model.four_byte ? "王𠮷仁" : "王〓仁"), std::string::npos) << text;
    EXPECT_THAT(bench.device.alarms(), testing::IsEmpty()) << model.name;
  }
}

TEST(Printer, PrintsASlipOnEveryModel) {
  for (const Model& model : all_models()) {
    Bench bench(model.name, paper_of(model));
    const PrintResult result = bench.print();
    EXPECT_EQ(result.outcome, SlipOutcome::printed) << model.name << ": " << result.why;
    EXPECT_THAT(bench.device.alarms(), testing::IsEmpty()) << model.name;
    EXPECT_EQ(bench.device.pulses(), 0);
    if (model.cutter == Cutter::none) continue;
    ASSERT_EQ(bench.device.slips().size(), 1U) << model.name;
    const auto& slip = bench.device.slips()[0];
    EXPECT_TRUE(slip.cut);
    EXPECT_NE(slip.text.find("￥1,234.50"), std::string::npos) << slip.text;
    EXPECT_NE(slip.text.find("本凭条不是公益事业捐赠票据。"), std::string::npos);
    EXPECT_NE(slip.text.find("需要票据的，请扫码申请开具"), std::string::npos);
  }
}

TEST(Printer, PrintsOneSlipAfterAnother) {
  Bench bench("epson-tm-t82iii", wide());
  for (int i = 0; i < 3; ++i) EXPECT_EQ(bench.print().outcome, SlipOutcome::printed);
  EXPECT_EQ(bench.device.slips().size(), 3U);
}

TEST(Printer, SaysClearlyWhyItCannotPrintAndSendsNothing) {
  using Trouble = void (*)(escpos_fake::Printer&);
  const std::vector<std::pair<Trouble, std::string>> troubles = {
      {[](escpos_fake::Printer& p) { p.set_paper(false); }, "no paper"},
      {[](escpos_fake::Printer& p) { p.set_cover(true); }, "cover"},
      {[](escpos_fake::Printer& p) { p.set_cutter_stuck(true); }, "cutter"},
      {[](escpos_fake::Printer& p) { p.set_hot(true); }, "hot"},
      {[](escpos_fake::Printer& p) { p.set_offline(true); }, "offline"},
  };
  for (const auto& [cause, word] : troubles) {
    Bench bench;
    cause(bench.device);
    const PrintResult result = bench.print();
    EXPECT_EQ(result.outcome, SlipOutcome::failed);
    EXPECT_NE(result.why.find(word), std::string::npos) << result.why;
    auto ready = bench.ready();
    ASSERT_FALSE(ready.has_value());
    EXPECT_NE(ready.error().message().find(word), std::string::npos);
    EXPECT_FALSE(bench.device.paper().has_ink());
  }
}

TEST(Printer, PrintsAgainOnceThePersonHasMendedIt) {
  Bench bench;
  bench.device.set_paper(false);
  EXPECT_EQ(bench.print().outcome, SlipOutcome::failed);
  bench.device.set_paper(true);
  EXPECT_TRUE(bench.ready().has_value());
  EXPECT_EQ(bench.print().outcome, SlipOutcome::printed);
  ASSERT_EQ(bench.device.slips().size(), 1U) << "the failed one was not kept for later";
}

TEST(Printer, PrintsWithPaperNearItsEnd) {
  Bench bench;
  bench.device.set_near_end(true);
  EXPECT_TRUE(bench.ready().has_value());
  EXPECT_EQ(bench.print().outcome, SlipOutcome::printed);
}

TEST(Printer, FailsWhenTheLineCannotBeOpened) {
  Bench bench;
  bench.line.faults.refused = true;
  const PrintResult result = bench.print();
  EXPECT_EQ(result.outcome, SlipOutcome::failed);
  EXPECT_NE(result.why.find("fake:printer"), std::string::npos) << result.why;
  EXPECT_FALSE(bench.ready().has_value());
}

TEST(Printer, FailsWhenASilentPrinterIsTakenForOneThatAnswers) {
  escpos_fake::Behaviour silent;
  silent.silent = true;
  Bench bench("generic", silent);
  const PrintResult result = bench.print();
  EXPECT_EQ(result.outcome, SlipOutcome::failed);
  EXPECT_NE(result.why.find("does not answer"), std::string::npos) << result.why;
  EXPECT_FALSE(bench.device.paper().has_ink());
}

TEST(Printer, TrustsThePortWhereNothingCanAnswer) {
  Bench bench("silent");
  const Instant begun = bench.clock.now();
  EXPECT_EQ(bench.print().outcome, SlipOutcome::printed);
  EXPECT_GE(bench.clock.now() - begun, bench.options.print_time);
  EXPECT_TRUE(bench.ready().has_value());
}

TEST(Printer, IsUncertainWhenPaperEndsInsideASlip) {
  for (const char* model : {"generic", "clone-80", "zj-58"}) {
    Bench bench(model);
    bench.device.paper_ends_after(300);
    const PrintResult result = bench.print();
    EXPECT_EQ(result.outcome, SlipOutcome::uncertain) << model;
    if (std::string_view(model) != "clone-80") {
      EXPECT_NE(result.why.find("paper"), std::string::npos) << result.why;
    }
    EXPECT_TRUE(bench.device.slips().empty()) << "no cut: it is seen to be unfinished";
  }
}

TEST(Printer, LeavesARemainApartFromTheNextSlip) {
  escpos_fake::Behaviour clone;
  clone.drops_on_reload = true;
  Bench bench("generic", clone);
  bench.device.paper_ends_after(300);
  EXPECT_EQ(bench.print().outcome, SlipOutcome::uncertain);
  bench.device.set_paper(true);
  EXPECT_EQ(bench.print().outcome, SlipOutcome::printed);
  ASSERT_EQ(bench.device.slips().size(), 2U);
  EXPECT_NE(bench.device.slips()[0].text.find("上一张凭条未打完"), std::string::npos);
  EXPECT_EQ(bench.device.slips()[1].text.find("上一张凭条未打完"), std::string::npos);
  EXPECT_EQ(bench.print().outcome, SlipOutcome::printed);
  EXPECT_EQ(bench.device.slips().size(), 3U) << "the remain is cut off once";
}

TEST(Printer, TakesBackWhatThePrinterStillHoldsOfASlipGivenUp) {
  for (const Model& model : all_models()) {
    if (model.clears == Clears::nothing) continue;
    Bench bench(model.name, wide());  // keeps its buffer, whatever its model file believes
    bench.device.paper_ends_after(300);
    EXPECT_EQ(bench.print().outcome, SlipOutcome::uncertain) << model.name;
    EXPECT_EQ(bench.device.buffered(), 0U) << model.name;
    const Bytes on_paper = bench.device.paper().slip().raw;
    bench.device.set_paper(true);
    EXPECT_EQ(bench.device.paper().slip().raw, on_paper) << model.name;
    EXPECT_TRUE(bench.device.slips().empty()) << model.name;
    EXPECT_EQ(bench.print().outcome, SlipOutcome::printed) << model.name;
    EXPECT_THAT(bench.device.alarms(), testing::IsEmpty()) << model.name;
  }
}

TEST(Printer, SendsNoOrderToDropToAPrinterThatMayNotKnowIt) {
  for (const Model& model : all_models()) {
    if (model.clears != Clears::nothing || model.confirms == Confirms::nothing) continue;
    Bench bench(model.name, paper_of(model));
    bench.device.paper_ends_after(300);
    EXPECT_EQ(bench.print().outcome, SlipOutcome::uncertain) << model.name;
    EXPECT_THAT(bench.device.alarms(), testing::IsEmpty()) << model.name;
  }
}

TEST(Printer, LeavesTheRealTimePulseSwitchedOffWhereTheModelCan) {
  for (const Model& model : all_models()) {
    if (!model.pulse_off_switch) continue;
    Bench bench(model.name, wide());
    ASSERT_EQ(bench.print().outcome, SlipOutcome::printed);
    bench.device.receive(Bytes{0x10, 0x14, 1, 0, 1});  // as dots of a picture might say
    EXPECT_EQ(bench.device.pulses(), 0) << model.name;
  }
}

TEST(Printer, CompletesAPictureThatAnEarlierJobCutShort) {
  for (const bool restarted : {false, true}) {    // the driver's own job, or one before its start
    for (const bool only_idle : {false, true}) {  // such a printer is mute until it is completed
      escpos_fake::Behaviour behaviour;
      behaviour.only_idle = only_idle;
      Bench bench("generic", behaviour);
      bench.line.faults.breaks_after = 10000;  // inside the code
      EXPECT_EQ(bench.print().outcome, SlipOutcome::uncertain);
      ASSERT_FALSE(bench.device.paper().slip().cut);
      bench.line.faults = {};
      if (restarted) bench.restart();
      EXPECT_EQ(bench.print().outcome, SlipOutcome::printed);
      ASSERT_EQ(bench.device.slips().size(), restarted ? 1U : 2U);
      EXPECT_NE(bench.device.slips().back().text.find("需要票据的"), std::string::npos);
      EXPECT_EQ(bench.device.slips().back().text.find("\uFFFD"), std::string::npos);
    }
  }
}

// Whatever byte is the last that arrives, openly or in silence: never "printed".
void expect_no_false_success(const Model& model, const domain::SlipDocument& slip, int step) {
  Bench whole(model);
  ASSERT_EQ(whole.print(slip).outcome, SlipOutcome::printed);
  const std::size_t first = whole.line.passed();
  ASSERT_EQ(whole.print(slip).outcome, SlipOutcome::printed);
  const std::size_t total = whole.line.passed() - first;
  int failed = 0;
  int uncertain = 0;
  for (std::size_t last = 0; last < total; last += static_cast<std::size_t>(step)) {
    for (const bool swallows : {false, true}) {
      if (swallows && last % 7 != 0) continue;  // waits long, in simulated time
      Bench bench(model);
      ASSERT_EQ(bench.print(small_slip()).outcome, SlipOutcome::printed);
      bench.line.faults.breaks_after = bench.line.passed() + last;
      bench.line.faults.swallows = swallows;
      const PrintResult result = bench.print(slip);
      ASSERT_NE(result.outcome, SlipOutcome::printed) << "after byte " << last;
      ASSERT_FALSE(result.why.empty());
      const bool ink = bench.device.paper().has_ink() || bench.device.slips().size() > 1;
      if (result.outcome == SlipOutcome::failed) {
        ASSERT_FALSE(ink) << "after byte " << last;
      }
      ++(result.outcome == SlipOutcome::failed ? failed : uncertain);
    }
  }
  EXPECT_GT(failed, 0);
  EXPECT_GT(uncertain, 0);
}

TEST(Printer, NeverCallsASlipPrintedThatALostLineCutAtAnyByte) {
  expect_no_false_success(*find_model("generic"), small_slip(), 1);
  expect_no_false_success(*find_model("clone-80"), small_slip(), 3);
}

TEST(Printer, NeverCallsAWholeSlipPrintedThatALostLineCut) {
  expect_no_false_success(*find_model("generic"), sample_slip(), 499);
}

TEST(Printer, IgnoresWhatAnEarlierJobLeftInTheLine) {
  Bench bench;
  bench.line.faults.stale = {0x72, 0x00, 0x37, 0x22, '0', '0', '0', '1', 0, 0x1A};
  EXPECT_EQ(bench.print().outcome, SlipOutcome::printed);
  bench.device.set_paper(false);
  bench.line.faults.stale = {0x12, 0x12, 0x12, 0x12, 0x00};
  EXPECT_EQ(bench.print().outcome, SlipOutcome::failed) << "old good news is no news";
}

TEST(Printer, UnderstandsAPrinterWhoseAnswersLagOneBehind) {
  escpos_fake::Behaviour lagging;
  lagging.one_behind = true;
  Bench bench("generic", lagging);
  EXPECT_EQ(bench.print().outcome, SlipOutcome::printed);
  bench.device.set_paper(false);
  auto ready = bench.ready();
  ASSERT_FALSE(ready.has_value());
  EXPECT_EQ(ready.error(), PrinterErrc::paper_out);
}

TEST(Printer, KeepsOnThroughNoiseOnTheLine) {
  Bench bench;
  bench.line.faults.noise = {0xFF, 0x93, 0x11, 0x5F, 'x', 0};
  EXPECT_EQ(bench.print().outcome, SlipOutcome::printed);
}

TEST(Printer, TakesNoNoiseForAConfirmation) {
  escpos_fake::Behaviour deaf;
  deaf.no_ordered = true;
  Bench bench("generic", deaf);
  const PrintResult result = bench.print();
  EXPECT_EQ(result.outcome, SlipOutcome::uncertain);
  EXPECT_NE(result.why.find("does not answer"), std::string::npos) << result.why;
}

TEST(Printer, WaitsForASlowPrinterWithASmallBuffer) {
  escpos_fake::Behaviour slow;
  slow.works_by_itself = false;
  slow.buffer = 1024;
  for (const char* model : {"generic", "clone-80"}) {
    Bench bench(model, slow);
    bench.line.faults.pace = 20;  // 2 kB a second
    const PrintResult result = bench.print();
    EXPECT_EQ(result.outcome, SlipOutcome::printed) << model << ": " << result.why;
    EXPECT_EQ(bench.device.slips().size(), 1U);
  }
}

TEST(Printer, GivesUpOnAPrinterThatTakesNothingMore) {
  escpos_fake::Behaviour slow;
  slow.works_by_itself = false;
  slow.buffer = 300;
  Bench bench("generic", slow);
  bench.line.faults.pace = 0;
  const PrintResult nothing = bench.print();
  EXPECT_EQ(nothing.outcome, SlipOutcome::failed) << "nothing that prints was sent";
  EXPECT_NE(nothing.why.find("did not take"), std::string::npos) << nothing.why;
  bench.line.faults.pace = 2000;
  EXPECT_EQ(bench.print().outcome, SlipOutcome::printed);
  bench.line.faults.pace = 0;
  const PrintResult stuck = bench.print();
  EXPECT_EQ(stuck.outcome, SlipOutcome::uncertain);
  EXPECT_NE(stuck.why.find("did not take"), std::string::npos) << stuck.why;
}

// Puts the line in place of the port that the settings name.
class StandIn : public StreamTap {
 public:
  explicit StandIn(escpos_fake::Line& line) : line_(line) {}
  std::unique_ptr<StreamSource> stand_in() override {
    return std::make_unique<escpos_fake::SharedLine>(line_);
  }
  void opened() override {}
  void read(BytesView /*bytes*/) override {}
  void written(BytesView /*bytes*/) override {}
  void failed(const Error& /*error*/) override {}

 private:
  escpos_fake::Line& line_;
};

TEST(Printer, IsNotConfirmedByWhatThePrinterAnswersToAProcessBeforeIt) {
  escpos_fake::Behaviour slow = wide();
  slow.works_by_itself = false;
  Bench bench("epson-tm-t82iii", slow);
  bench.line.faults.pace = 4;  // so slow that both slips wait in its buffer
  test::SeededRandom random(1);
  StandIn line(bench.line);
  const auto make = [&] {
    Settings settings = Settings::parse(
        "port = \"serial:/dev/none\"\nmodel = \"epson-tm-t82iii\"\npaper_mm = 80\n", "test");
    return drivers::escpos.make_printer(settings, {.executor = bench.context.get_executor(),
                                                   .clock = bench.clock,
                                                   .random = random,
                                                   .tap = &line});
  };
  {
    const auto killed = make();
    TaskGroup group(bench.context.get_executor(), {});
    group.spawn("slip", print_and_forget(*killed));
    bench.clock.run_for(2s);
    group.cancel();
    bench.clock.run_for(1s);
    ASSERT_TRUE(group.empty());
    ASSERT_TRUE(bench.device.slips().empty());
  }
  const auto next = make();
  auto result = test::run_task(bench.context, bench.clock, Bench::print_task(*next, small_slip()));
  EXPECT_EQ(bench.device.slips().size(), 1U) << "only the first one is out";
  EXPECT_EQ(result->outcome, SlipOutcome::uncertain);
}

TEST(Printer, RefusesADocumentThatCannotBePrinted) {
  Bench bench;
  const PrintResult result = bench.print({{domain::QrBlock{std::string(600, 'x')}}});
  EXPECT_EQ(result.outcome, SlipOutcome::failed);
  EXPECT_EQ(bench.line.passed(), 0U);
}

}  // namespace
}  // namespace yijuan::escpos
