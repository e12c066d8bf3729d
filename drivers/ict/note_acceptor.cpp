#include "drivers/ict/note_acceptor.hpp"

#include <fmt/format.h>

#include "async/with_timeout.hpp"
#include "base/log.hpp"

namespace yijuan::ict {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kOpenLimit{5};
constexpr seconds kStopLimit{4};
constexpr milliseconds kRetry{1000};
constexpr std::uint64_t kJitterMilliseconds = 100;

}  // namespace

IctNoteAcceptor::IctNoteAcceptor(AcceptorConfig config, std::unique_ptr<StreamSource> source,
                                 DriverContext context, DeviceFacts& facts,
                                 std::optional<CounterMark> mark)
    : config_(std::move(config)),
      source_(std::move(source)),
      context_(std::move(context)),
      outbox_(facts),
      escrow_(config_.table, std::move(mark)) {}

Task<void> IctNoteAcceptor::run() {
  while (true) {
    auto ended = co_await connection();
    if (ended.error() == AsyncErrc::cancelled) co_return ended;
    tell_offline(ended.error());
    auto told = co_await outbox_.drain();
    if (!told) co_return told;
    const auto jitter = milliseconds(context_.random.below(kJitterMilliseconds));
    auto slept = co_await context_.clock.sleep_for(kRetry + jitter);
    if (!slept) co_return slept;
  }
}

Task<void> IctNoteAcceptor::connection() {
  auto stream = co_await with_timeout(context_.clock, kOpenLimit, source_->open());
  if (!stream) co_return stream.error();
  auto served = co_await serve(**stream);
  co_return served;
}

Task<void> IctNoteAcceptor::serve(ByteStream& stream) {
  verdict_.reset();
  NoteSession session({.stream = stream,
                       .clock = context_.clock,
                       .escrow = escrow_,
                       .outbox = outbox_,
                       .wanted = wanted_,
                       .open = open_,
                       .verdict = verdict_},
                      config_);
  auto ended = co_await session.run();
  open_ = false;
  if (session.answered()) told_.clear();
  if (ended.error() == AsyncErrc::cancelled) {
    // A box that goes away must not leave a slot open, or a note half taken, behind it.
    auto stopped = co_await shield(context_.clock, kStopLimit, session.stop());
    if (!stopped) log_warning("ict", "not inhibited: " + stopped.error().message());
    co_return ended;
  }
  auto lost = escrow_.lose_contact(context_.clock.now(), "contact was lost while it held a note");
  if (lost.report) outbox_.put(std::move(*lost.report));
  co_return ended;
}

void IctNoteAcceptor::tell_offline(const Error& error) {
  const std::string text = fmt::format("{}: {}", source_->name(), error.message());
  if (text == told_) return;
  told_ = text;
  log_warning("ict", text);
  outbox_.put(DeviceState{.device = std::string(kDeviceName), .code = "offline", .text = text});
}

}  // namespace yijuan::ict
