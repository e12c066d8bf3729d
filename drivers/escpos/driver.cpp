// The keys of [printer] with driver = "escpos".
#include <fmt/format.h>

#include "drivers/escpos/printer.hpp"
#include "drivers/escpos/transcript.hpp"
#include "io/stream_source.hpp"
#include "ports/driver.hpp"

namespace yijuan::escpos {
namespace {

constexpr int kSmallPaper = 58;
constexpr int kLargePaper = 80;

Model read_model(Settings& settings) {
  const std::string name = settings.text("model", "generic");
  auto model = find_model(name);
  if (model) return *model;
  std::string known;
  for (const Model& other : all_models()) known += (known.empty() ? "" : ", ") + other.name;
  settings.fail("model", fmt::format("no model \"{}\"; known are {}", name, known));
}

Paper read_paper(Settings& settings, const Model& model) {
  const auto mm = settings.integer("paper_mm", kSmallPaper, kLargePaper, kSmallPaper);
  if (mm != kSmallPaper && mm != kLargePaper) settings.fail("paper_mm", "must be 58 or 80");
  const int dots = mm == kSmallPaper ? model.dots_58 : model.dots_80;
  if (dots == 0) {
    settings.fail("paper_mm", fmt::format("model {} does not take {} mm paper", model.name, mm));
  }
  return Paper{dots};
}

int read_baud(Settings& settings) {
  const auto baud = static_cast<int>(settings.integer("baud", 4800, 115200, 9600));
  for (const int known : {4800, 9600, 19200, 38400, 57600, 115200}) {
    if (baud == known) return baud;
  }
  settings.fail("baud", "must be 4800, 9600, 19200, 38400, 57600 or 115200");
}

std::unique_ptr<Printer> make_printer(Settings& settings, DriverContext context) {
  const std::string port = settings.text("port");
  const int baud = read_baud(settings);
  PrinterOptions options;
  options.model = read_model(settings);
  options.paper = read_paper(settings, options.model);
  options.last_job = static_cast<int>(context.random.below(kLastJob));
  options.answers = !port.starts_with("file:");
  auto source = make_stream_source(port, context.clock, {.baud = baud, .tap = context.tap});
  if (!source) settings.fail("port", source.error().message());
  return std::make_unique<EscposPrinter>(context.executor, std::move(*source), context.clock,
                                         std::move(options));
}

std::unique_ptr<Transcript> make_transcript() {
  return std::make_unique<PrinterTranscript>();
}

}  // namespace
}  // namespace yijuan::escpos

namespace yijuan::drivers {

extern const Driver escpos;
const Driver escpos = {
    .name = "escpos",
    .summary = "receipt printers that speak ESC/POS, 58 and 80 mm",
    .make_printer = escpos::make_printer,
    .make_transcript = escpos::make_transcript,
};

}  // namespace yijuan::drivers
