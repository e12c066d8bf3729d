// The driver's name, its keys in the [coin] section, and the making of its device.
#include "ports/driver.hpp"

#include "drivers/pulse/pulse_acceptor.hpp"
#include "io/line_source.hpp"

namespace yijuan::drivers {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t kMostFenPerPulse = 1000;
constexpr std::int64_t kMostPulses = 1000;

LineBias read_bias(Settings& settings, const char* fallback) {
  const auto bias = settings.choice("bias", {"as_is", "up", "down", "off"}, fallback);
  if (bias == "up") return LineBias::pull_up;
  if (bias == "down") return LineBias::pull_down;
  return bias == "off" ? LineBias::off : LineBias::as_is;
}

pulse::PulseSettings read_settings(Settings& settings) {
  pulse::PulseSettings read;
  const auto width = settings.milliseconds("pulse_ms", 10ms, 200ms, 50ms);
  const auto gap = settings.milliseconds("gap_ms", 10ms, 400ms, width);
  read.shape = pulse::shape_of(width, gap);
  read.shape.shortest = settings.milliseconds("shortest_ms", 5ms, width, read.shape.shortest);
  read.shape.longest = settings.milliseconds("longest_ms", width, 1000ms, read.shape.longest);
  read.shape.most_pulses =
      static_cast<int>(settings.integer("most_pulses", 1, kMostPulses, read.shape.most_pulses));
  read.fen_per_pulse =
      Fen(settings.integer("fen_per_pulse", 1, kMostFenPerPulse, read.fen_per_pulse.count()));
  read.active_high = settings.choice("active", {"high", "low"}, "low") == "high";
  read.inhibit_active_high = settings.choice("inhibit_active", {"high", "low"}, "high") == "high";
  return read;
}

std::unique_ptr<CoinAcceptor> make_acceptor(Settings& settings, DriverContext context,
                                            DeviceFacts& facts, std::optional<CounterMark> mark) {
  const auto read = read_settings(settings);
  const std::string line = settings.text("line");
  const char* const bias = line.starts_with("gpio:") ? "up" : "as_is";
  auto coins = make_input_line(line, context.executor, context.clock, read_bias(settings, bias));
  if (!coins) settings.fail("line", coins.error().detail());
  if ((*coins)->blind_for() > 0ns) {
    settings.fail("line", "is looked at too seldom to count pulses: use a gpio: line");
  }
  std::unique_ptr<OutputLineSource> inhibit;
  if (const auto text = settings.text("inhibit_line", ""); !text.empty()) {
    auto made = make_output_line(text);
    if (!made) settings.fail("inhibit_line", made.error().detail());
    inhibit = std::move(*made);
  }
  return std::make_unique<yijuan::pulse::PulseAcceptor>(read, std::move(*coins), std::move(inhibit),
                                                        std::move(context), facts, std::move(mark));
}

}  // namespace

extern const Driver pulse;
const Driver pulse = {.name = "pulse",
                      .summary = "coin acceptors that tell a coin by pulses on one wire",
                      .make_coin_acceptor = make_acceptor};

}  // namespace yijuan::drivers
