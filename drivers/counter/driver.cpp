// The driver's name, its keys, and the making of its machine.
#include "ports/driver.hpp"

#include <fmt/format.h>

#include "drivers/counter/machine.hpp"
#include "io/stream_source.hpp"

namespace yijuan::drivers {
namespace {

std::unique_ptr<CountingMachine> make_machine(Settings& settings, DriverContext context) {
  const std::string name = settings.text("model");
  auto model = yijuan::counter::find_model(name);
  if (!model) {
    std::string known;
    for (const auto& each : yijuan::counter::all_models()) {
      known += fmt::format("{}{} ({})", known.empty() ? "" : ", ", each.name, each.summary);
    }
    settings.fail("model", fmt::format("\"{}\" is none of: {}", name, known));
  }
  auto source =
      make_stream_source(settings.text("port"), context.clock,
                         {.baud = model->baud, .parity = model->parity, .tap = context.tap});
  if (!source) settings.fail("port", source.error().detail());
  return std::make_unique<yijuan::counter::SerialCountingMachine>(*std::move(model),
                                                                  std::move(*source), context);
}

}  // namespace

extern const Driver counter;
const Driver counter = {.name = "counter",
                        .summary = "coin and note counting machines that print on a serial line",
                        .make_counting_machine = make_machine};

}  // namespace yijuan::drivers
