// Prints one slip of a sample gift on a printer, real or simulated: the first thing to try with a
// new model. The slip is made and sent as kioskd would; its code leads nowhere.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <fstream>
#include <sstream>

#include "async/task_group.hpp"
#include "domain/gift_slip.hpp"
#include "domain/pack.hpp"
#include "io/real_clock.hpp"
#include "io/system_random.hpp"
#include "ports/driver.hpp"

namespace yijuan::drivers {
extern const Driver escpos;
}

namespace {

using namespace yijuan;

struct Options {
  std::string port;
  std::string model = "generic";
  std::string pack;
  std::string box = "sample";
  int paper_mm = 58;
  int baud = 9600;
  std::int64_t fen = 10000;
};

domain::SlipDocument sample_slip(const domain::CampaignPack& pack, const Options& options) {
  tlog::Gift gift;
  gift.terms.designation = pack.designations.empty() ? "" : pack.designations.front().id;
  gift.amount = Fen(options.fen);
  gift.slip = 1;
  const std::string hash(43, 'A');
  const std::string code = pack.verify_url + "#v1.ledger.example.org/box/sample/00000000.0." +
                           hash + "." + std::string(22, 'A') + "." + std::string(86, 'A');
  return domain::make_gift_slip({.pack = pack,
                                 .origin = {"ledger.example.org", options.box, "00000000"},
                                 .gift = gift,
                                 .at = {.time = pack.signed_at, .quality = ClockQuality::ledger},
                                 .code = code});
}

Task<void> print(Printer& printer, domain::SlipDocument document, int& status) {
  const PrintResult result = co_await printer.print(std::move(document));
  const bool printed = result.outcome == tlog::SlipOutcome::printed;
  const bool failed = result.outcome == tlog::SlipOutcome::failed;
  fmt::print("{}{}{}\n",
             printed  ? "printed"
             : failed ? "failed"
                      : "uncertain",
             printed ? "" : ": ", result.why);
  status = printed ? 0 : 1;
  co_return Result<void>();
}

int run(const Options& options) {
  std::stringstream text;
  text << std::ifstream(options.pack).rdbuf();
  const auto pack = domain::parse_pack(text.str());
  if (!pack) {
    fmt::print(stderr, "print_sample: {}: {}\n", options.pack, pack.error().message());
    return 1;
  }
  Settings settings =
      Settings::parse(fmt::format("port = '{}'\nmodel = '{}'\npaper_mm = {}\nbaud = {}\n",
                                  options.port, options.model, options.paper_mm, options.baud),
                      "command line");
  asio::io_context loop;
  RealClock clock;
  SystemRandom random;
  const auto printer = drivers::escpos.make_printer(settings, {loop.get_executor(), clock, random});
  int status = 1;
  TaskGroup group(loop.get_executor(), {});
  group.spawn("print", print(*printer, sample_slip(*pack, options), status));
  loop.run();
  return status;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Prints a sample slip on an ESC/POS printer.");
  Options options;
  app.add_option("--port", options.port, "tcp:host:port, serial:/dev/… or file:path")->required();
  app.add_option("--pack", options.pack, "campaign pack (JSON)")->required();
  app.add_option("--model", options.model, "a file of config/models/printer");
  app.add_option("--paper-mm", options.paper_mm, "58 or 80");
  app.add_option("--baud", options.baud, "of a serial port");
  app.add_option("--box", options.box, "box id, as in the pack");
  app.add_option("--fen", options.fen, "amount")->check(CLI::Range(1, 1000000000));
  CLI11_PARSE(app, argc, argv);
  try {
    return run(options);
  } catch (const std::exception& error) {
    fmt::print(stderr, "print_sample: {}\n", error.what());
    return 1;
  }
}
