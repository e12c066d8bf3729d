// A tree, sizes and a change to a proof, all taken from the bytes: a changed proof never holds, an
// unchanged one always does. The rest of the bytes is read as a stored frontier.
#include <algorithm>
#include <cstdint>

#include "base/assert.hpp"
#include "tlog/frontier.hpp"
#include "tlog/leaf.hpp"
#include "tlog/proof.hpp"

namespace {

using namespace yijuan;

struct Input {
  BytesView bytes;
  std::uint8_t next() {
    if (bytes.empty()) return 0;
    const std::uint8_t byte = bytes.front();
    bytes = bytes.subspan(1);
    return byte;
  }
};

tlog::Proof changed(tlog::Proof proof, Input& input) {
  switch (input.next() % 4) {
    case 0:
      if (!proof.empty()) proof[input.next() % proof.size()][input.next() % 32] ^= input.next();
      break;
    case 1:
      if (!proof.empty()) proof.pop_back();
      break;
    case 2:
      proof.insert(proof.begin() + input.next() % static_cast<std::ptrdiff_t>(proof.size() + 1),
                   Hash{input.next()});
      break;
    default:
      if (!proof.empty()) std::rotate(proof.begin(), proof.begin() + 1, proof.end());
  }
  return proof;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input input{{data, size}};
  if (const auto frontier = tlog::Frontier::from_bytes(input.bytes)) {
    YIJUAN_ASSERT(std::ranges::equal(frontier->to_bytes(), input.bytes), "one form");
    static_cast<void>(frontier->root());
  }
  std::vector<Hash> leaves(1 + input.next() % 80);
  for (std::size_t i = 0; i < leaves.size(); ++i) leaves[i] = tlog::leaf_hash(std::to_string(i));
  const Hash root = tlog::tree_root(leaves);
  const std::uint64_t index = input.next();
  const auto inclusion = tlog::inclusion_proof(leaves, index);
  YIJUAN_ASSERT(inclusion.has_value() == (index < leaves.size()), "every leaf has a proof");
  if (!inclusion) return 0;
  const auto other = changed(*inclusion, input);
  YIJUAN_ASSERT(
      tlog::verify_inclusion(leaves[index], index, leaves.size(), root, other).has_value() ==
          (other == *inclusion),
      "a changed inclusion proof held");
  const auto consistency = tlog::consistency_proof(leaves, index);
  const auto another = changed(*consistency, input);
  const Hash older = tlog::tree_root(std::span(leaves).first(index));
  YIJUAN_ASSERT(tlog::verify_consistency(index, older, leaves.size(), root, another).has_value() ==
                    (another == *consistency),
                "a changed consistency proof held");
  return 0;
}
