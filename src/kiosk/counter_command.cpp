#include "kiosk/counter_command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>
#include <cstdio>

#include "async/task_group.hpp"
#include "async/with_timeout.hpp"
#include "base/settings.hpp"
#include "io/real_clock.hpp"
#include "io/system_random.hpp"
#include "ports/driver.hpp"

namespace yijuan::kiosk {
namespace {

namespace json = boost::json;
using Counted = std::vector<CountedPieces>;

/// The maker of the one driver of its kind.
const Driver& counter_driver() {
  for (const Driver* driver : all_drivers()) {
    if (driver->make_counting_machine != nullptr) return *driver;
  }
  throw SettingsError("no driver for counting machines is built in");
}

Task<void> read(CountingMachine& machine, Clock& clock, std::chrono::seconds wait,
                Result<Counted>& into) {
  auto total = co_await with_timeout(clock, wait, machine.read_total());
  into = std::move(total);
  co_return Result<void>();
}

struct Sum {
  std::uint64_t pieces = 0;
  std::int64_t fen = 0;
};

Sum add_up(const Counted& counted) {
  Sum sum;
  for (const CountedPieces& line : counted) {
    sum.pieces += line.pieces;
    sum.fen += static_cast<std::int64_t>(line.pieces) * line.value.count();
  }
  return sum;
}

void print_table(const Counted& counted) {
  fmt::print("{:>8} {:>10} {:>14}\n", "yuan", "pieces", "sum");
  for (const CountedPieces& line : counted) {
    fmt::print("{:>8} {:>10} {:>14}\n", to_decimal(line.value), line.pieces,
               to_grouped(Fen(static_cast<std::int64_t>(line.pieces) * line.value.count())));
  }
  const Sum sum = add_up(counted);
  fmt::print("{:>8} {:>10} {:>14}\n", "total", sum.pieces, to_grouped(Fen(sum.fen)));
}

void print_json(const Counted& counted) {
  json::array lines;
  for (const CountedPieces& line : counted) {
    lines.push_back({{"fen", line.value.count()}, {"pieces", line.pieces}});
  }
  const Sum sum = add_up(counted);
  const json::object report = {{"lines", lines}, {"pieces", sum.pieces}, {"fen", sum.fen}};
  fmt::print("{}\n", json::serialize(report));
}

}  // namespace

int count_with_machine(const CounterRequest& request) {
  asio::io_context context;
  RealClock clock;
  SystemRandom random;
  // A JSON string is a TOML string too.
  auto settings = Settings::parse(
      fmt::format("port = {}\nmodel = {}\n", json::serialize(json::string(request.port)),
                  json::serialize(json::string(request.model))),
      "boxctl counter");
  const auto machine = counter_driver().make_counting_machine(
      settings, {.executor = context.get_executor(), .clock = clock, .random = random});
  settings.finish();
  fmt::print(stderr, "count, then press the machine's key to print\n");
  Result<Counted> counted = Counted();
  TaskGroup group(context.get_executor(), {});
  group.spawn("count", read(*machine, clock, request.wait, counted));
  while (!group.empty() && context.run_one() > 0) {
  }
  if (!counted) {
    fmt::print(stderr, "boxctl: {}\n", counted.error().message());
    return 1;
  }
  if (request.as_json) {
    print_json(*counted);
  } else {
    print_table(*counted);
  }
  return 0;
}

}  // namespace yijuan::kiosk
