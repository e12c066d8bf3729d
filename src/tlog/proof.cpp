#include "tlog/proof.hpp"

#include <bit>

#include "tlog/frontier.hpp"
#include "tlog/leaf.hpp"

namespace yijuan::tlog {
namespace {

// The largest power of two below n. REQUIRES: n > 1.
std::uint64_t split_of(std::uint64_t n) {
  return std::bit_floor(n - 1);
}

void find_inclusion(Stretch tree, std::uint64_t index, std::vector<Stretch>& path) {
  if (tree.end - tree.begin == 1) return;
  const std::uint64_t middle = tree.begin + split_of(tree.end - tree.begin);
  const Stretch left{tree.begin, middle};
  const Stretch right{middle, tree.end};
  find_inclusion(index < middle ? left : right, index, path);
  path.push_back(index < middle ? right : left);
}

// SUBPROOF of RFC 9162, 2.1.4.1: `whole` while the older tree's root is known to the verifier.
void find_consistency(Stretch tree, std::uint64_t older, bool whole, std::vector<Stretch>& path) {
  if (older == tree.end) {
    if (!whole) path.push_back(tree);
    return;
  }
  const std::uint64_t middle = tree.begin + split_of(tree.end - tree.begin);
  const Stretch left{tree.begin, middle};
  const Stretch right{middle, tree.end};
  const bool in_left = older <= middle;
  find_consistency(in_left ? left : right, older, whole && in_left, path);
  path.push_back(in_left ? right : left);
}

Proof roots_of(std::span<const Hash> leaves, const std::vector<Stretch>& path) {
  Proof proof;
  proof.reserve(path.size());
  for (const Stretch& stretch : path) {
    proof.push_back(tree_root(leaves.subspan(stretch.begin, stretch.end - stretch.begin)));
  }
  return proof;
}

// The walk up the tree that both verifications share: the node's index and the last node's.
struct Walk {
  std::uint64_t node;
  std::uint64_t last;

  [[nodiscard]] bool sibling_is_left() const { return (node & 1) != 0 || node == last; }
  void up() {
    node >>= 1;
    last >>= 1;
  }
  // A node that is the last of its level and has no sibling goes up as it is.
  void skip_levels_without_sibling() {
    while ((node & 1) == 0 && node != 0) up();
  }
};

}  // namespace

Hash tree_root(std::span<const Hash> leaves) {
  Frontier frontier;
  for (const Hash& leaf : leaves) frontier.append(leaf);
  return frontier.root();
}

Result<std::vector<Stretch>> inclusion_path(std::uint64_t index, std::uint64_t size) {
  if (index >= size) return {TlogErrc::bad_proof, "the tree has no such leaf"};
  std::vector<Stretch> path;
  find_inclusion({0, size}, index, path);
  return path;
}

Result<std::vector<Stretch>> consistency_path(std::uint64_t older, std::uint64_t newer) {
  if (older > newer) return {TlogErrc::bad_proof, "the tree is smaller than that"};
  std::vector<Stretch> path;
  if (older > 0) find_consistency({0, newer}, older, true, path);
  return path;
}

Result<Proof> inclusion_proof(std::span<const Hash> leaves, std::uint64_t index) {
  const auto path = inclusion_path(index, leaves.size());
  if (!path) return path.error();
  return roots_of(leaves, *path);
}

Result<Proof> consistency_proof(std::span<const Hash> leaves, std::uint64_t older) {
  const auto path = consistency_path(older, leaves.size());
  if (!path) return path.error();
  return roots_of(leaves, *path);
}

Result<void> verify_inclusion(const Hash& leaf, std::uint64_t index, std::uint64_t size,
                              const Hash& root, std::span<const Hash> proof) {
  if (index >= size) return {TlogErrc::bad_proof, "the tree has no such leaf"};
  Walk walk{.node = index, .last = size - 1};
  Hash hash = leaf;
  for (const Hash& sibling : proof) {
    if (walk.last == 0) return {TlogErrc::bad_proof, "too long"};
    if (walk.sibling_is_left()) {
      hash = node_hash(sibling, hash);
      walk.skip_levels_without_sibling();
    } else {
      hash = node_hash(hash, sibling);
    }
    walk.up();
  }
  if (walk.last != 0) return {TlogErrc::bad_proof, "too short"};
  if (hash != root) return {TlogErrc::bad_proof, "it leads to another root"};
  return {};
}

Result<void> verify_consistency(std::uint64_t older, const Hash& older_root, std::uint64_t newer,
                                const Hash& newer_root, std::span<const Hash> proof) {
  if (older > newer) return {TlogErrc::bad_proof, "the older tree is the larger one"};
  if (older == newer || older == 0) {
    const Hash expected = older == 0 ? tree_root({}) : newer_root;
    const bool same = older_root == expected && (newer != 0 || newer_root == expected);
    if (same && proof.empty()) return {};
    return {TlogErrc::bad_proof, proof.empty() ? "the roots differ" : "too long"};
  }
  if (proof.empty()) return {TlogErrc::bad_proof, "too short"};
  const bool complete = std::has_single_bit(older);
  Walk walk{.node = older - 1, .last = newer - 1};
  while ((walk.node & 1) != 0) walk.up();
  Hash from_older = complete ? older_root : proof.front();
  Hash from_newer = from_older;
  for (const Hash& sibling : proof.subspan(complete ? 0 : 1)) {
    if (walk.last == 0) return {TlogErrc::bad_proof, "too long"};
    if (walk.sibling_is_left()) {
      from_older = node_hash(sibling, from_older);
      from_newer = node_hash(sibling, from_newer);
      walk.skip_levels_without_sibling();
    } else {
      from_newer = node_hash(from_newer, sibling);
    }
    walk.up();
  }
  if (walk.last != 0) return {TlogErrc::bad_proof, "too short"};
  if (from_older != older_root || from_newer != newer_root) {
    return {TlogErrc::bad_proof, "it leads to another root"};
  }
  return {};
}

}  // namespace yijuan::tlog
