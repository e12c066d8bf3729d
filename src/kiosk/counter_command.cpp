#include "kiosk/counter_command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>
#include <cstdio>
#include <memory>
#include <utility>

#include "async/task_group.hpp"
#include "async/with_timeout.hpp"
#include "base/settings.hpp"
#include "io/real_clock.hpp"
#include "io/recording.hpp"
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

int fail(const Error& error) {
  fmt::print(stderr, "boxctl: {}\n", error.message());
  return 1;
}

/// The file of --record, while the machine is read: says at its end what is in it, and leaves no
/// file where there is nothing.
class RecordingFile {
 public:
  RecordingFile(std::unique_ptr<Recorder> recorder, std::filesystem::path path)
      : recorder_(std::move(recorder)), path_(std::move(path)) {}
  ~RecordingFile() {
    if (!recorder_) return;
    std::error_code ignored;
    if (!recorder_->begun()) std::filesystem::remove(path_, ignored);
    if (!recorder_->begun()) return;
    fmt::print(stderr, "{}: {} events, {} bytes\n", path_.string(), recorder_->events(),
               recorder_->bytes());
    if (recorder_->state()) return;
    fmt::print(stderr, "it ended early: {}\n", recorder_->state().error().message());
  }
  RecordingFile(RecordingFile&&) = default;
  RecordingFile& operator=(RecordingFile&&) = delete;

  static Result<RecordingFile> create(const CounterRequest& request, Clock& clock) {
    if (request.record.empty()) return RecordingFile(nullptr, {});
    auto recorder =
        Recorder::create(request.record, clock,
                         {.comment = fmt::format("counting machine, read as model {} by boxctl {}",
                                                 request.model, YIJUAN_VERSION)});
    if (!recorder) return recorder.error();
    return RecordingFile(std::move(*recorder), request.record);
  }
  [[nodiscard]] StreamTap* tap() const { return recorder_.get(); }

 private:
  std::unique_ptr<Recorder> recorder_;
  std::filesystem::path path_;
};

Result<Counted> read_total(const CounterRequest& request, RealClock& clock, StreamTap* tap) {
  asio::io_context context;
  SystemRandom random;
  // A JSON string is a TOML string too.
  auto settings = Settings::parse(
      fmt::format("port = {}\nmodel = {}\n", json::serialize(json::string(request.port)),
                  json::serialize(json::string(request.model))),
      "boxctl counter");
  const auto machine = counter_driver().make_counting_machine(
      settings, {.executor = context.get_executor(), .clock = clock, .random = random, .tap = tap});
  settings.finish();
  fmt::print(stderr, "count, then press the machine's key to print\n");
  Result<Counted> counted = Counted();
  TaskGroup group(context.get_executor(), {});
  group.spawn("count", read(*machine, clock, request.wait, counted));
  while (!group.empty() && context.run_one() > 0) {
  }
  return counted;
}

}  // namespace

int count_with_machine(const CounterRequest& request) {
  RealClock clock;
  auto recording = RecordingFile::create(request, clock);
  if (!recording) return fail(recording.error());
  const auto counted = read_total(request, clock, recording->tap());
  if (!counted) return fail(counted.error());
  if (request.as_json) {
    print_json(*counted);
  } else {
    print_table(*counted);
  }
  return 0;
}

}  // namespace yijuan::kiosk
