#include "drivers/cctalk/link.hpp"

#include <algorithm>
#include <array>

#include "async/with_timeout.hpp"
#include "drivers/cctalk/errc.hpp"

namespace yijuan::cctalk {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kQuiet{50};
constexpr milliseconds kLongestNoise{600};
// 50 ms on a wire; USB converters hold bytes back for up to 16 ms more, twice.
constexpr milliseconds kBetweenBytes{100};
constexpr milliseconds kWriteLimit{1000};
constexpr milliseconds kLatest{500};  // from a command to an answer that nobody waits for any more
constexpr std::size_t kChunk = 64;

/// Time on the wire at 9600 baud, rounded up.
milliseconds wire_time(std::size_t bytes) {
  return milliseconds(bytes + bytes / 16 + 1);
}

bool is_final(const Error& error) {
  return !(error == CctalkErrc::silent || error == CctalkErrc::bad_checksum ||
           error == CctalkErrc::bad_reply || error == CctalkErrc::echo_lost ||
           error == CctalkErrc::busy);
}

}  // namespace

Task<Bytes> hear(ByteStream& stream, Clock& clock, milliseconds patience, std::size_t limit) {
  Bytes heard;
  std::array<std::uint8_t, kChunk> chunk{};
  while (heard.size() < limit) {
    auto count = co_await with_timeout(clock, patience, stream.read_some(chunk));
    if (!count && count.error() == AsyncErrc::timed_out) break;
    if (!count) co_return count.error();
    heard.insert(heard.end(), chunk.begin(), chunk.begin() + static_cast<std::ptrdiff_t>(*count));
  }
  co_return heard;
}

Task<void> settle(ByteStream& stream, Clock& clock) {
  const Instant limit = clock.now() + kLongestNoise;
  while (clock.now() < limit) {
    stream.discard_input();
    auto heard = co_await hear(stream, clock, kQuiet, 1);
    if (!heard) co_return heard.error();
    if (heard->empty()) break;
  }
  co_return Result<void>();
}

Task<std::size_t> Link::read(std::span<std::uint8_t> buffer, milliseconds patience) {
  auto count = co_await with_timeout(clock_, patience, stream_.read_some(buffer));
  if (!count && count.error() == AsyncErrc::timed_out) co_return CctalkErrc::silent;
  co_return count;
}

Task<void> Link::read_echo(BytesView sent) {
  std::array<std::uint8_t, kMostData + kFrameOverhead> echo{};
  std::size_t have = 0;
  while (have < sent.size()) {
    const auto patience = kBetweenBytes + wire_time(sent.size());
    auto count = co_await read(std::span(echo).subspan(have, sent.size() - have), patience);
    if (!count && count.error() == CctalkErrc::silent) co_return CctalkErrc::echo_lost;
    if (!count) co_return count.error();
    have += *count;
  }
  if (!std::ranges::equal(sent, std::span(echo).first(have))) co_return CctalkErrc::echo_lost;
  co_return Result<void>();
}

Task<Frame> Link::read_frame(milliseconds patience) {
  Deframer deframer(dialect_.checksum);
  std::array<std::uint8_t, kChunk> chunk{};
  while (!deframer.complete()) {
    auto count = co_await read(chunk, deframer.empty() ? patience : kBetweenBytes);
    if (!count) co_return count.error();
    const auto taken = deframer.push(BytesView(chunk).first(*count));
    if (taken < *count) co_return CctalkErrc::bad_reply;  // more than one frame: whose?
  }
  co_return deframer.take();
}

/// Until no answer to another command can come any more that would pass for one to `command`.
Task<void> Link::outwait(const Command& command, const Bytes& sent) {
  const Instant now = clock_.now();
  std::erase_if(unanswered_, [now](const Unanswered& other) { return other.until <= now; });
  Instant until = now;
  for (const Unanswered& other : unanswered_) {
    const bool told_apart =
        command.reply_size && other.reply_size && command.reply_size != other.reply_size;
    if (other.sent != sent && !told_apart) until = std::max(until, other.until);
  }
  if (until == now) co_return Result<void>();
  auto waited = co_await clock_.sleep_until(until);
  co_return waited;
}

bool Link::awaits_other(const Bytes& sent) const {
  return std::ranges::any_of(unanswered_,
                             [&sent](const Unanswered& other) { return other.sent != sent; });
}

Task<Bytes> Link::ask_once(const Command& command, const Bytes& sent) {
  auto waited = co_await outwait(command, sent);
  if (!waited) co_return waited.error();
  const Instant sent_at = clock_.now();
  auto data = co_await exchange(command, sent);
  if (!data && !is_final(data.error())) {
    unanswered_.push_back({sent, command.reply_size, sent_at + kLatest});
  }
  co_return data;
}

Task<Bytes> Link::exchange(const Command& command, const Bytes& sent) {
  stream_.discard_input();
  auto written = co_await with_timeout(clock_, kWriteLimit, stream_.write(sent));
  if (!written) co_return written.error();
  if (dialect_.echo) {
    auto echoed = co_await read_echo(sent);
    if (!echoed) co_return echoed.error();
  }
  auto frame = co_await read_frame(command.patience + wire_time(sent.size()));
  if (!frame) co_return frame.error();
  auto data = read_reply(*frame, address_, dialect_.checksum);
  if (data && command.reply_size && data->size() != *command.reply_size) {
    co_return CctalkErrc::bad_reply;
  }
  co_return data;
}

Task<Bytes> Link::ask(Command command) {
  const Bytes sent =
      encode(make_request(address_, command.header, command.data), dialect_.checksum);
  Error last = CctalkErrc::silent;
  for (int tried = 0; tried < command.tries; ++tried) {
    auto data = co_await ask_once(command, sent);
    if (data) co_return data;
    // A NAK has no size: it may be the late one of another command.
    const bool whose = data.error() == CctalkErrc::not_supported && awaits_other(sent);
    if (is_final(data.error()) && !whose) co_return data;
    last = data.error();
    auto settled = co_await settle(stream_, clock_);
    if (!settled) co_return settled.error();
  }
  co_return last;
}

Task<std::optional<Bytes>> Link::ask_optional(Command command) {
  auto data = co_await ask(std::move(command));
  if (data) co_return std::optional<Bytes>(std::move(*data));
  const bool unknown =
      data.error() == CctalkErrc::not_supported || data.error() == CctalkErrc::silent;
  if (unknown) co_return std::optional<Bytes>();
  co_return data.error();
}

}  // namespace yijuan::cctalk
