#include "drivers/cctalk/probe.hpp"

#include <algorithm>
#include <array>

#include "async/with_timeout.hpp"
#include "drivers/cctalk/errc.hpp"

namespace yijuan::cctalk {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kPatience{150};
constexpr milliseconds kWriteLimit{1000};
constexpr int kRounds = 2;
constexpr std::size_t kMostHeard = 64;

/// Sends a simple poll and gives what came back.
Task<Heard> poll(ByteStream& stream, Clock& clock, std::uint8_t address, Checksum checksum) {
  auto settled = co_await settle(stream, clock);
  if (!settled) co_return settled.error();
  const Bytes sent = encode(make_request(address, Header::simple_poll), checksum);
  auto written = co_await with_timeout(clock, kWriteLimit, stream.write(sent));
  if (!written) co_return written.error();
  auto heard = co_await hear(stream, clock, kPatience, kMostHeard);
  if (!heard) co_return heard.error();
  co_return read_probe(sent, *heard, address, checksum);
}

}  // namespace

Heard read_probe(BytesView sent, BytesView heard, std::uint8_t address, Checksum checksum) {
  Heard found;
  found.echo = heard.size() >= sent.size() && std::ranges::equal(sent, heard.first(sent.size()));
  if (found.echo) heard = heard.subspan(sent.size());
  Deframer deframer(checksum);
  (void)deframer.push(heard);
  if (!deframer.complete()) return found;
  const auto frame = deframer.take();
  if (!frame) return found;
  const auto reply = read_reply(*frame, address, checksum);
  found.answer = reply && reply->empty();
  return found;
}

Task<Dialect> probe(ByteStream& stream, Clock& clock, std::uint8_t address, DialectWish wish) {
  bool echoed = false;
  for (int round = 0; round < kRounds; ++round) {
    for (const auto checksum : {Checksum::simple, Checksum::crc16}) {
      if (wish.checksum && *wish.checksum != checksum) continue;
      auto heard = co_await poll(stream, clock, address, checksum);
      if (!heard) co_return heard.error();
      echoed = echoed || heard->echo;
      if (!heard->answer) continue;
      if (wish.echo && *wish.echo != heard->echo) {
        co_return Error(CctalkErrc::echo_lost, *wish.echo ? "echo = \"yes\", but nothing is echoed"
                                                          : "echo = \"no\", but the line echoes");
      }
      co_return Dialect{.checksum = checksum, .echo = heard->echo};
    }
  }
  const char* const why =
      echoed ? "the line echoes, but no device answers: its power, its address, or its encryption"
             : "nothing at all comes back: the cable, the power, or the wrong port";
  co_return Error(CctalkErrc::silent, why);
}

}  // namespace yijuan::cctalk
