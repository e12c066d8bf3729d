#include "drivers/cctalk/coin_acceptor.hpp"

#include <fmt/format.h>

#include "async/with_timeout.hpp"
#include "base/log.hpp"
#include "drivers/cctalk/errc.hpp"

namespace yijuan::cctalk {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kOpenLimit{5};
constexpr seconds kStopLimit{3};
constexpr milliseconds kRetry{1000};
constexpr std::uint64_t kJitterMilliseconds = 100;
constexpr seconds kMinute{60};
constexpr std::size_t kMostRestarts = 3;  // in a minute; then something is broken
constexpr seconds kRefusedRetry{10};      // somebody must change the device first

}  // namespace

CctalkCoinAcceptor::CctalkCoinAcceptor(AcceptorConfig config, std::unique_ptr<StreamSource> source,
                                       DriverContext context, DeviceFacts& facts,
                                       std::optional<CounterMark> mark)
    : config_(std::move(config)),
      source_(std::move(source)),
      context_(std::move(context)),
      outbox_(facts),
      book_(config_.table, std::move(mark)) {}

Task<void> CctalkCoinAcceptor::run() {
  while (true) {
    auto ended = co_await connection();
    if (ended.error() == AsyncErrc::cancelled) co_return ended;
    tell_offline(ended.error());
    // What the kiosk has not taken yet goes first; a new connection would only add to it.
    auto told = co_await outbox_.drain();
    if (!told) co_return told;
    auto slept = co_await context_.clock.sleep_for(pause_after(ended.error()));
    if (!slept) co_return slept;
  }
}

Task<void> CctalkCoinAcceptor::connection() {
  auto stream = co_await with_timeout(context_.clock, kOpenLimit, source_->open());
  if (!stream) co_return stream.error();
  auto served = co_await serve(**stream);
  co_return served;
}

Task<void> CctalkCoinAcceptor::serve(ByteStream& stream) {
  auto dialect = co_await probe(stream, context_.clock, config_.address, config_.dialect);
  if (!dialect) co_return dialect.error();
  Link link(stream, context_.clock, config_.address, *dialect);
  AcceptorSession session({.link = link,
                           .clock = context_.clock,
                           .book = book_,
                           .outbox = outbox_,
                           .left = left_,
                           .wanted = wanted_,
                           .open = open_},
                          config_.table, config_.poll_interval);
  told_.clear();
  auto ended = co_await session.run();
  open_ = false;
  const bool shut =
      ended.error() == AsyncErrc::cancelled || ended.error() == CctalkErrc::counter_broken;
  if (shut) {
    // A box that goes away must not leave a slot open behind it.
    auto stopped = co_await shield(context_.clock, kStopLimit, session.stop());
    if (!stopped) log_warning("cctalk", "not inhibited: " + stopped.error().message());
  }
  co_return ended;
}

void CctalkCoinAcceptor::tell_offline(const Error& error) {
  const std::string text = fmt::format("{}: {}", source_->name(), error.message());
  if (text != told_) log_warning("cctalk", text);
  if (text == told_) return;
  told_ = text;
  if (error == CctalkErrc::restarting) return;  // told as such in its report
  outbox_.put(DeviceState{
      .device = std::string(kDeviceName), .code = state_code(error.code()), .text = text});
}

bool CctalkCoinAcceptor::too_many_restarts() {
  const Instant now = context_.clock.now();
  restarts_.push_back(now);
  while (now - restarts_.front() > kMinute) restarts_.pop_front();
  return restarts_.size() > kMostRestarts;
}

std::chrono::nanoseconds CctalkCoinAcceptor::pause_after(const Error& error) {
  const auto jitter = milliseconds(context_.random.below(kJitterMilliseconds));
  if (error == CctalkErrc::counter_broken) return kMinute;
  if (is_refused(error.code())) return kRefusedRetry + jitter;
  if (error == CctalkErrc::restarting) {
    if (!too_many_restarts()) return milliseconds(0);
    outbox_.put(DeviceState{.device = std::string(kDeviceName),
                            .code = "restarting",
                            .text = "restarted more than three times in a minute"});
    return kMinute;
  }
  return kRetry + jitter;
}

}  // namespace yijuan::cctalk
