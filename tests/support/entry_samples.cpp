#include "tests/support/entry_samples.hpp"

#include <algorithm>
#include <array>

#include "tlog/entry_line.hpp"

namespace yijuan::tlog::samples {
namespace {

std::uint64_t below(Generator& random, std::uint64_t bound) {
  return random() % bound;
}

Terms random_terms(Generator& random) {
  return {.activity = static_cast<Activity>(below(random, 3)),
          .designation = random_text(random, kLongestName),
          .unit = random_text(random, kLongestName)};
}

Fen random_amount(Generator& random) {
  const auto bits = below(random, 33);
  const auto count = static_cast<std::int64_t>(below(random, std::uint64_t{1} << bits)) + 1;
  return std::min(Fen(count), kLargestAmount);
}

WallTime random_time(Generator& random) {
  return WallTime(std::chrono::milliseconds(below(random, 253'402'300'800'000)));
}

Gift random_gift(Generator& random) {
  Gift gift{.terms = random_terms(random),
            .channel = static_cast<Channel>(below(random, 2)),
            .amount = random_amount(random),
            .campaign = random_text(random, kLongestName),
            .people = static_cast<std::uint32_t>(1 + below(random, kMostPeople)),
            .slip = below(random, 1'000'000),
            .cash = {},
            .claim = random_hash(random),
            .closed = "done"};
  Seq seq = 0;
  for (auto left = below(random, 40); left > 0; --left)
    gift.cash.push_back(seq += 1 + below(random, 9));
  return gift;
}

}  // namespace

Hash random_hash(Generator& random) {
  Hash hash;
  for (auto& byte : hash) byte = static_cast<std::uint8_t>(random());
  return hash;
}

std::string random_text(Generator& random, std::size_t most) {
  static constexpr std::array<std::string_view, 8> kPieces = {"a",  "-", "\"", "\\",
                                                              "示", "é", " ",  "\U0001F600"};
  std::string text;
  for (auto left = below(random, 24); left > 0; --left) {
    const std::string_view piece = kPieces[below(random, kPieces.size())];
    if (text.size() + piece.size() <= most) text += piece;
  }
  return text;
}

Header random_header(Generator& random, Seq seq) {
  Header header = plain_header(seq);
  header.at = {.time = random_time(random), .quality = static_cast<ClockQuality>(below(random, 4))};
  header.up = Uptime(below(random, kLargestNumber + 1));
  for (auto& byte : header.salt) byte = static_cast<std::uint8_t>(random());
  return header;
}

Body random_body(Generator& random) {
  switch (below(random, 22)) {
    case 0: {
      Epoch epoch{.key = random_text(random, 99), .previous = {}, .why = "first"};
      if (below(random, 2) == 0) {
        epoch.previous = Epoch::Predecessor{
            .origin = random_text(random, 99), .size = random() >> 20, .root = random_hash(random)};
      }
      return epoch;
    }
    case 1:
      return Boot{.version = random_text(random, kLongestName), .clean = below(random, 2) == 0};
    case 2:
      return Cash{.device = "coin",
                  .serial = random_text(random, kLongestName),
                  .counter = static_cast<int>(1 + below(random, 255)),
                  .amount = random_amount(random),
                  .session = below(random, 1000),
                  .terms = random_terms(random),
                  .purpose = static_cast<Purpose>(below(random, 2))};
    case 3:
      return random_gift(random);
    case 4:
      return Slip{.gift = below(random, 1000),
                  .copy = static_cast<std::uint32_t>(1 + below(random, 9)),
                  .outcome = static_cast<SlipOutcome>(below(random, 4)),
                  .why = random_text(random, kLongestText)};
    case 5: {
      Gap gap{.device = "coin", .serial = "1", .counter = 3, .lost = {}, .why = "restart"};
      if (below(random, 2) == 0) gap.lost = static_cast<std::uint32_t>(below(random, 255));
      return gap;
    }
    case 6:
      return Fault{.device = "coin", .code = "silent", .text = random_text(random, kLongestText)};
    case 7:
      return Recovered{.device = "printer", .code = random_text(random, kLongestName)};
    case 8:
      return ClockStep{.from = random_time(random),
                       .to = random_time(random),
                       .was = static_cast<ClockQuality>(below(random, 4))};
    case 9:
      return Intent{.device = "note",
                    .serial = random_text(random, kLongestName),
                    .counter = static_cast<int>(1 + below(random, 255)),
                    .amount = random_amount(random),
                    .purpose = below(random, 2) == 0 ? Purpose::gift : Purpose::test};
    case 10:
      return Returned{.device = "note",
                      .serial = "7",
                      .counter = static_cast<int>(1 + below(random, 255)),
                      .intent = below(random, 1000),
                      .why = random_text(random, kLongestText)};
    case 11:
      return Disputed{.device = "note",
                      .serial = "7",
                      .counter = 0,
                      .amount = random_amount(random),
                      .intent = below(random, 1000),
                      .why = random_text(random, kLongestText)};
    case 12:
      return Door{
          .contact = "door", .state = "opened", .authority = random_text(random, kLongestName)};
    case 13:
      return Witness{.origin = random_text(random, 99),
                     .size = random() >> 11,
                     .root = random_hash(random),
                     .signature = random_text(random, kLongestText)};
    case 14:
      return Lost{.origin = random_text(random, 99),
                  .size = below(random, 1000),
                  .root = random_hash(random),
                  .head = below(random, 1000),
                  .unsynced = below(random, 9),
                  .unsynced_fen = below(random, 900),
                  .why = random_text(random, kLongestText)};
    case 15:
      return Closing{.origin = random_text(random, 99),
                     .size = below(random, 1000),
                     .terms = random_terms(random),
                     .amount = random_amount(random),
                     .cash = {below(random, 9), 9 + below(random, 9)},
                     .why = random_text(random, kLongestText)};
    case 16: {
      Quarantined quarantined{
          .origin = random_text(random, 99), .fork = "0a1b2c3d", .first = 7, .leaves = {}};
      for (auto left = below(random, 5); left > 0; --left) {
        quarantined.leaves.push_back(random_hash(random));
      }
      return quarantined;
    }
    case 17:
      return Digest{.day = "2026-10-17", .logs = below(random, 1000), .hash = random_hash(random)};
    case 18:
      return Hole{.origin = random_text(random, 99),
                  .held = below(random, 1000),
                  .seen = below(random, 1000),
                  .root = random_hash(random),
                  .why = random_text(random, kLongestText)};
    case 19:
      return Enrolled{.box = random_text(random, 32),
                      .origin = random_text(random, 99),
                      .key = random_text(random, 99),
                      .spki = random_hash(random)};
    case 20:
      return Revoked{.box = random_text(random, 32), .spki = random_hash(random)};
    default:
      return Pack{.campaign = random_text(random, kLongestName),
                  .version = random() >> 11,
                  .hash = random_hash(random)};
  }
}

Header plain_header(Seq seq) {
  Header header;
  header.seq = seq;
  header.at = {.time = *parse_rfc3339("2026-10-17T01:02:03.004Z"), .quality = ClockQuality::ntp};
  header.boot = "0123456789abcdef";
  header.up = Uptime(61'250);
  for (std::size_t i = 0; i < header.salt.size(); ++i) {
    header.salt[i] = static_cast<std::uint8_t>(i);
  }
  return header;
}

Gift plain_gift() {
  return {.terms = {.activity = Activity::one_yuan, .designation = "general", .unit = ""},
          .channel = Channel::cash,
          .amount = yuan(1),
          .campaign = "demo-2026",
          .people = 1,
          .slip = 7,
          .cash = {40, 41},
          .claim = {},
          .closed = "quiet"};
}

}  // namespace yijuan::tlog::samples
