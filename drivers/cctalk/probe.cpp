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
constexpr int kScrambledReplies = 2;  // one may have been damaged
constexpr std::size_t kMostHeard = 64;

/// What was heard in place of answers.
struct Silence {
  bool echoed = false;
  bool stray = false;
  bool noise = false;
  int scrambled = 0;

  void add(const Heard& heard) {
    echoed = echoed || heard.echo;
    stray = stray || heard.stray;
    noise = noise || heard.noise;
    scrambled += heard.scrambled ? 1 : 0;
  }
  [[nodiscard]] Error error() const {
    if (scrambled >= kScrambledReplies) return CctalkErrc::encrypted;
    if (stray) return {CctalkErrc::silent, "a device answers from another address"};
    if (noise || scrambled > 0) {
      return {CctalkErrc::silent,
              "bytes come, but no ccTalk: a bad cable, another speed, or another kind of device"};
    }
    if (echoed) {
      return {CctalkErrc::silent,
              "the line echoes, but no device answers: its power, its address, or its encryption"};
    }
    return {CctalkErrc::silent,
            "nothing at all comes back: the cable, the power, or the wrong port"};
  }
};

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
  if (heard.empty()) return found;
  Deframer deframer(checksum);
  (void)deframer.push(heard);
  const auto frame = deframer.complete() ? deframer.take() : Result<Frame>(CctalkErrc::bad_reply);
  if (frame) {
    const auto reply = read_reply(*frame, address, checksum);
    found.answer = reply && reply->empty();
    found.stray = !found.answer;
    return found;
  }
  // Encryption leaves a frame's destination and length as they are.
  found.scrambled = heard.size() >= kFrameOverhead && heard[0] == kHostAddress &&
                    heard.size() == kFrameOverhead + heard[1];
  found.noise = !found.scrambled;
  return found;
}

Task<Dialect> probe(ByteStream& stream, Clock& clock, std::uint8_t address, DialectWish wish) {
  Silence silence;
  for (int round = 0; round < kRounds; ++round) {
    for (const auto checksum : {Checksum::simple, Checksum::crc16}) {
      if (wish.checksum && *wish.checksum != checksum) continue;
      auto heard = co_await poll(stream, clock, address, checksum);
      if (!heard) co_return heard.error();
      silence.add(*heard);
      if (!heard->answer) continue;
      if (wish.echo && *wish.echo != heard->echo) {
        co_return Error(CctalkErrc::echo_lost, *wish.echo ? "echo = \"yes\", but nothing is echoed"
                                                          : "echo = \"no\", but the line echoes");
      }
      co_return Dialect{.checksum = checksum, .echo = heard->echo};
    }
  }
  co_return silence.error();
}

}  // namespace yijuan::cctalk
