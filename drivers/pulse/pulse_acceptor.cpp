#include "drivers/pulse/pulse_acceptor.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "async/with_timeout.hpp"
#include "base/log.hpp"

namespace yijuan::pulse {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr const char* kDevice = "coin";
// The acceptor tells no number; a mark of another driver's has another one.
constexpr const char* kSerial = "pulse";
constexpr const char* kLimits =
    "no recovery: coins that fall while the box is off or restarts are not seen";
constexpr int kLastCounter = 255;

constexpr milliseconds kTick{200};
constexpr milliseconds kShortestWait{1};
// From the inhibit, or the last edge, until no coin can be under way.
constexpr seconds kRest{1};
constexpr seconds kStopLimit{4};
constexpr milliseconds kRetry{1000};
constexpr std::uint64_t kJitterMilliseconds = 100;
constexpr seconds kNoiseWindow{60};
constexpr std::uint64_t kMuchNoise = 10;  // in a window

}  // namespace

PulseAcceptor::PulseAcceptor(PulseSettings settings, std::unique_ptr<InputLineSource> coins,
                             std::unique_ptr<OutputLineSource> inhibit, DriverContext context,
                             DeviceFacts& facts, std::optional<CounterMark> mark)
    : settings_(settings),
      coins_(std::move(coins)),
      inhibit_(std::move(inhibit)),
      context_(std::move(context)),
      outbox_(facts),
      counter_(settings.shape),
      mark_(std::move(mark)) {}

Task<void> PulseAcceptor::run() {
  while (true) {
    auto lines = open_lines();
    Result<void> ended;
    if (lines) {
      ended = co_await serve(*lines);
      open_ = false;
      if (ended.error() == AsyncErrc::cancelled) {
        auto rested = co_await shield(context_.clock, kStopLimit, shut(*lines));
        if (!rested) log_warning("pulse", "not at rest at the end: " + rested.error().message());
        co_return ended;
      }
    } else {
      ended = lines.error();
    }
    tell_state("offline", ended.error().message());
    auto drained = co_await outbox_.drain();
    if (!drained) co_return drained;
    const auto jitter = milliseconds(context_.random.below(kJitterMilliseconds));
    auto slept = co_await context_.clock.sleep_for(kRetry + jitter);
    if (!slept) co_return slept;
  }
}

Result<PulseAcceptor::Lines> PulseAcceptor::open_lines() {
  Lines lines;
  if (inhibit_) {
    auto inhibit = inhibit_->open(settings_.inhibit_active_high);
    if (!inhibit) return inhibit.error();
    lines.inhibit = std::move(*inhibit);
    inhibited_ = true;
    changed_at_ = context_.clock.now();
  }
  auto coins = coins_->open();
  if (!coins) return coins.error();
  lines.coins = std::move(*coins);
  return lines;
}

// What is known at the start of a connection: nobody listened before it.
void PulseAcceptor::greet() {
  outbox_.put(DeviceFound{.device = kDevice,
                          .maker = "pulse",
                          .product = "coin acceptor",
                          .serial = kSerial,
                          .firmware = "",
                          .limits = kLimits});
  const bool missed = mark_ && !mark_->quiet;
  const bool other = mark_ && mark_->serial != kSerial;
  if (!mark_ || other) mark_ = CounterMark{.device = kDevice, .serial = kSerial, .counter = 0};
  mark_->quiet = inhibit_ != nullptr && !missed && !other;
  CashReport report{.mark = *mark_, .events = {}, .lost = std::nullopt};
  report.restarted = missed && !other;
  report.swapped = missed && other;
  outbox_.put(std::move(report));
}

Task<void> PulseAcceptor::serve(Lines& lines) {
  auto level = lines.coins->level();
  if (!level) co_return level.error();
  counter_ = PulseCounter(settings_.shape);
  noise_told_ = 0;
  greet();
  tell_state("", "");
  while (true) {
    auto stepped = co_await step(lines);
    if (!stepped) co_return stepped;
    auto aligned = align(lines);
    if (!aligned) co_return aligned;
  }
}

// Waits for edges or for what is due, and tells the groups that are over.
Task<void> PulseAcceptor::step(Lines& lines) {
  const Instant now = context_.clock.now();
  const auto wait = std::clamp<std::chrono::nanoseconds>(counter_.due().value_or(now + kTick) - now,
                                                         kShortestWait, kTick);
  auto events = co_await with_timeout(context_.clock, wait, lines.coins->wait());
  if (!events && events.error() != AsyncErrc::timed_out) co_return events.error();
  if (events) {
    if (events->lost) counter_.lost(context_.clock.now());
    for (const LineEdge& edge : events->edges) {
      counter_.edge({edge.high == settings_.active_high, edge.at});
    }
  } else {
    auto level = lines.coins->level();
    if (!level) co_return level.error();
    counter_.look(*level == settings_.active_high, context_.clock.now());
  }
  tell_groups();
  tell_health();
  outbox_.flush();
  co_return Result<void>();
}

void PulseAcceptor::tell_groups() {
  while (auto group = counter_.take()) {
    mark_->counter = mark_->counter % kLastCounter + 1;
    mark_->quiet = false;
    CashReport report{.mark = *mark_, .events = {}, .lost = std::nullopt};
    report.heard = group->ended;
    if (group->unclear.empty()) {
      report.events.emplace_back(
          CashAccepted{.counter = mark_->counter,
                       .position = 0,
                       .amount = Fen(settings_.fen_per_pulse.count() * group->pulses)});
    } else {
      // In the box or not, and worth what? Told and counted as lost, never as money.
      report.lost = 1;
      report.events.emplace_back(
          CashReturned{.code = 0,
                       .text = fmt::format("coin pulses that cannot be counted: {}, {} seen",
                                           group->unclear, group->pulses),
                       .returned = false,
                       .alarm = true});
    }
    outbox_.put(std::move(report));
  }
}

void PulseAcceptor::tell_health() {
  const Instant now = context_.clock.now();
  if (now - noise_since_ >= kNoiseWindow) {
    noisy_ = counter_.noise() - noise_told_ >= kMuchNoise;
    noise_told_ = counter_.noise();
    noise_since_ = now;
  }
  if (counter_.stuck()) {
    tell_state("line stuck",
               "the coin line does not go back to rest: cable, polarity, or acceptor");
  } else if (noisy_ || counter_.noise() - noise_told_ >= kMuchNoise) {
    noisy_ = true;
    tell_state("noise",
               fmt::format("pulses shorter than {} ms on the coin line: interference, or the "
                           "acceptor's speed is not pulse_ms",
                           settings_.shape.shortest.count()));
  } else {
    tell_state("", "");
  }
}

void PulseAcceptor::tell_state(const std::string& code, const std::string& text) {
  const std::string now = code + ": " + text;
  if (told_ == now) return;
  told_ = now;
  if (!code.empty()) log_warning("pulse", now);
  outbox_.put(DeviceState{.device = kDevice, .code = code, .text = text});
}

void PulseAcceptor::put_mark(bool quiet) {
  if (mark_->quiet == quiet) return;
  mark_->quiet = quiet;
  outbox_.put(CashReport{.mark = *mark_, .events = {}, .lost = std::nullopt});
}

bool PulseAcceptor::at_rest(const Lines& lines) const {
  const Instant now = context_.clock.now();
  return lines.inhibit && inhibited_ && !counter_.busy() && now - changed_at_ >= kRest &&
         now - counter_.last_edge() >= kRest;
}

Result<void> PulseAcceptor::inhibit(Lines& lines, bool on) {
  if (!lines.inhibit || inhibited_ == on) return {};
  auto set = lines.inhibit->set(on == settings_.inhibit_active_high);
  if (!set) return set;
  inhibited_ = on;
  changed_at_ = context_.clock.now();
  return {};
}

// What is wanted and what the acceptor does. The mark turns open, and the kiosk has taken that,
// before a coin can fall.
Result<void> PulseAcceptor::align(Lines& lines) {
  const bool may = wanted_ && !outbox_.holding() && !counter_.stuck();
  if (!may) {
    open_ = false;
    auto set = inhibit(lines, true);
    if (!set) return set;
    if (at_rest(lines)) put_mark(true);
    return {};
  }
  put_mark(false);
  if (!open_ && !outbox_.settled()) return {};
  auto set = inhibit(lines, false);
  if (!set) return set;
  open_ = true;
  return {};
}

Task<void> PulseAcceptor::wait_for_rest(Lines& lines) {
  while (counter_.busy() || (lines.inhibit && !at_rest(lines))) {
    auto stepped = co_await step(lines);
    if (!stepped) co_return stepped;
  }
  co_return Result<void>();
}

// A coin that is falling is counted; then the mark says that nothing can be missing.
Task<void> PulseAcceptor::shut(Lines& lines) {
  auto set = inhibit(lines, true);
  if (!set) co_return set;
  auto rested = co_await wait_for_rest(lines);
  if (!rested) co_return rested;
  if (lines.inhibit) put_mark(true);
  auto drained = co_await outbox_.drain();
  co_return drained;
}

}  // namespace yijuan::pulse
