#include "tlog/hash_tree.hpp"

#include <bit>

#include "base/assert.hpp"
#include "tlog/leaf.hpp"

namespace yijuan::tlog {

void HashTree::append(const Hash& leaf) {
  Hash node = leaf;
  for (std::size_t level = 0;; ++level) {
    if (levels_.size() == level) levels_.emplace_back();
    std::vector<Hash>& nodes = levels_[level];
    nodes.push_back(node);
    if (nodes.size() % 2 != 0) return;
    node = node_hash(nodes[nodes.size() - 2], node);
  }
}

Hash HashTree::root(std::uint64_t size) const {
  YIJUAN_ASSERT(size <= this->size(), "the tree has fewer leaves");
  return size == 0 ? tree_root({}) : root_of(0, size);
}

Result<Proof> HashTree::consistency(std::uint64_t older, std::uint64_t newer) const {
  if (newer > size()) return {TlogErrc::bad_proof, "the tree is smaller than that"};
  auto stretches = consistency_path(older, newer);
  if (!stretches) return stretches.error();
  Proof path;
  for (const Stretch& stretch : *stretches) path.push_back(root_of(stretch.begin, stretch.end));
  return path;
}

// A stretch of 2^k leaves always begins at a multiple of 2^k: that is how RFC 9162 splits.
Hash HashTree::root_of(std::uint64_t begin, std::uint64_t end) const {
  const std::uint64_t count = end - begin;
  if (std::has_single_bit(count)) {
    const auto level = static_cast<std::size_t>(std::countr_zero(count));
    return levels_[level][begin >> level];
  }
  const std::uint64_t split = begin + std::bit_floor(count - 1);
  return node_hash(root_of(begin, split), root_of(split, end));
}

}  // namespace yijuan::tlog
