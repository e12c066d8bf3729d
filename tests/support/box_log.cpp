#include "tests/support/box_log.hpp"

#include "tlog/checkpoint.hpp"
#include "tlog/entry_line.hpp"
#include "tlog/leaf.hpp"
#include "tlog/proof.hpp"

namespace yijuan::test {
namespace {

tlog::SigningKey log_key(const std::string& box, std::uint8_t number) {
  tlog::Seed seed{};
  seed[0] = number;
  return {kDomain + "/box/" + box + "/" + tlog::epoch_id_of(tlog::public_key_of(seed)),
          tlog::KeyType::note, seed};
}

}  // namespace

BoxLog::BoxLog(std::string box, std::uint8_t key_number) : BoxLog(box, log_key(box, key_number)) {}

BoxLog::BoxLog(std::string box, tlog::SigningKey key) : box_(std::move(box)), key_(std::move(key)) {
  add(tlog::Epoch{.key = key_.verifier().text(), .previous = {}, .why = "first"});
}

Seq BoxLog::add(const tlog::Body& body) {
  tlog::Header header{.seq = size(), .at = clock, .boot = boot, .up = up, .salt = {}};
  header.salt[0] = static_cast<std::uint8_t>(size());
  lines_.push_back(tlog::write_line(header, body));
  clock.time += std::chrono::seconds(1);
  up += std::chrono::seconds(1);
  return size() - 1;
}

void BoxLog::add_coin(Fen amount, bool given) {
  const Seq seq = add(tlog::Cash{.device = "coin",
                                 .serial = "0001",
                                 .counter = static_cast<int>(1 + session_ % 255),
                                 .amount = amount,
                                 .session = ++session_,
                                 .terms = terms,
                                 .purpose = tlog::Purpose::gift});
  if (!given) return;
  add(tlog::Gift{.terms = terms,
                 .channel = tlog::Channel::cash,
                 .amount = amount,
                 .campaign = "demo",
                 .people = 1,
                 .slip = ++slip_,
                 .cash = {seq},
                 .claim = {},
                 .closed = "done"});
}

sync::Batch BoxLog::batch(Seq first, std::uint64_t end) const {
  std::vector<Hash> leaves;
  for (std::uint64_t seq = 0; seq < end; ++seq) leaves.push_back(tlog::leaf_hash(lines_[seq]));
  const auto at = [this](std::uint64_t seq) {
    return lines_.begin() + static_cast<std::ptrdiff_t>(seq);
  };
  return {.origin = origin(),
          .first = first,
          .lines = {at(first), at(end)},
          .checkpoint = tlog::sign_checkpoint(
              {.origin = origin(), .size = end, .root = tlog::tree_root(leaves)}, key_)};
}

}  // namespace yijuan::test
