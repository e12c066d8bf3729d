#include "tools/bench_ledger/senders.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "tlog/checkpoint.hpp"
#include "tlog/entry_line.hpp"
#include "tlog/leaf.hpp"

namespace yijuan::bench {
namespace {

const tlog::Terms kTerms{
    .activity = tlog::Activity::one_yuan, .designation = "general", .unit = ""};

tlog::SigningKey key_of(const std::string& box, int number) {
  tlog::Seed seed{};
  seed[0] = static_cast<std::uint8_t>(number + 1);
  return {"ledger.example/box/" + box + "/" + tlog::epoch_id_of(tlog::public_key_of(seed)),
          tlog::KeyType::note, seed};
}

Story::Said coin_or_gift(Seq seq, const Hash& noise) {
  const std::chrono::milliseconds after = std::chrono::seconds(seq * 20);
  const std::uint64_t gift = (seq + 1) / 2;
  if (seq % 2 == 1) {
    return {.after = after,
            .body = tlog::Cash{.device = "coin",
                               .serial = "example",
                               .counter = static_cast<int>(seq / 2 % 255) + 1,
                               .amount = yuan(1),
                               .session = gift,
                               .terms = kTerms,
                               .purpose = tlog::Purpose::gift}};
  }
  return {.after = after,
          .body = tlog::Gift{.terms = kTerms,
                             .channel = tlog::Channel::cash,
                             .amount = yuan(1),
                             .campaign = "bench",
                             .people = 1,
                             .slip = gift,
                             .cash = {seq - 1},
                             .claim = noise,
                             .closed = "done"}};
}

}  // namespace

Story coins_and_gifts() {
  return {.start = *parse_rfc3339("2026-09-01T01:00:00.000Z"), .tell = coin_or_gift};
}

Sender::Sender(int number, Story story)
    : box_(fmt::format("bench-{:02}", number)),
      key_(key_of(box_, number)),
      story_(std::move(story)) {}

ledger::LogState Sender::log() const {
  ledger::LogState state;
  state.origin = key_.verifier().name;
  state.box = box_;
  state.vkey = key_.verifier().text();
  return state;
}

std::string Sender::next_line() {
  const Seq seq = frontier_.size();
  const Hash noise = sha256(as_bytes(box_ + std::to_string(seq)));
  Story::Said said{
      .after = {},
      .body = tlog::Epoch{.key = key_.verifier().text(), .previous = {}, .why = "first"}};
  if (seq > 0) said = story_.tell(seq, noise);
  tlog::Header header{.seq = seq,
                      .at = {.time = story_.start + said.after, .quality = ClockQuality::ntp},
                      .boot = "0123456789abcdef",
                      .up = said.after,
                      .salt = {}};
  // Salts do not compress.
  std::ranges::copy_n(noise.begin(), header.salt.size(), header.salt.begin());
  return tlog::write_line(header, said.body);
}

void Sender::go_to(std::uint64_t size) {
  while (frontier_.size() < size) frontier_.append(tlog::leaf_hash(next_line()));
}

sync::Batch Sender::next_batch(std::size_t count) {
  sync::Batch batch{
      .origin = key_.verifier().name, .first = frontier_.size(), .lines = {}, .checkpoint = {}};
  for (std::size_t i = 0; i < count; ++i) {
    batch.lines.push_back(next_line());
    frontier_.append(tlog::leaf_hash(batch.lines.back()));
  }
  batch.checkpoint = tlog::sign_checkpoint(
      {.origin = batch.origin, .size = frontier_.size(), .root = frontier_.root()}, key_);
  return batch;
}

}  // namespace yijuan::bench
