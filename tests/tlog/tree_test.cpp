// The tree, its frontier and its proofs, against the published roots of RFC 6962's reference
// leaves and against each other over random trees.
#include <gtest/gtest.h>

#include "tests/support/entry_samples.hpp"
#include "tlog/frontier.hpp"
#include "tlog/leaf.hpp"
#include "tlog/proof.hpp"

namespace yijuan::tlog {
namespace {

using samples::Generator;
using samples::random_hash;

constexpr std::array<std::string_view, 8> kReferenceLeaves = {"",
                                                              "00",
                                                              "10",
                                                              "2021",
                                                              "3031",
                                                              "40414243",
                                                              "5051525354555657",
                                                              "606162636465666768696a6b6c6d6e6f"};
constexpr std::array<std::string_view, 9> kReferenceRoots = {
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};

std::vector<Hash> random_leaves(Generator& random, std::size_t count) {
  std::vector<Hash> leaves(count);
  for (Hash& leaf : leaves) leaf = random_hash(random);
  return leaves;
}

// The definition of RFC 9162, 2.1.1, word by word: slow and plain.
Hash root_by_definition(std::span<const Hash> leaves) {
  if (leaves.empty()) return sha256(BytesView{});
  if (leaves.size() == 1) return leaves.front();
  std::size_t split = 1;
  while (split * 2 < leaves.size()) split *= 2;
  return node_hash(root_by_definition(leaves.first(split)),
                   root_by_definition(leaves.subspan(split)));
}

TEST(Tree, HasThePublishedRootsOfTheReferenceLeaves) {
  Frontier frontier;
  std::vector<Hash> leaves;
  for (std::size_t size = 0; size < kReferenceRoots.size(); ++size) {
    EXPECT_EQ(to_hex(frontier.root()), kReferenceRoots[size]);
    EXPECT_EQ(to_hex(tree_root(leaves)), kReferenceRoots[size]);
    if (size == kReferenceLeaves.size()) break;
    leaves.push_back(leaf_hash(as_text(*from_hex(kReferenceLeaves[size]))));
    frontier.append(leaves.back());
  }
}

TEST(Tree, AFrontierGrowsToTheRootOfTheDefinition) {
  Generator random(2);
  const auto leaves = random_leaves(random, 300);
  Frontier frontier;
  for (std::size_t size = 0; size < leaves.size(); ++size) {
    ASSERT_EQ(frontier.root(), root_by_definition(std::span(leaves).first(size))) << size;
    frontier.append(leaves[size]);
  }
}

TEST(Tree, AFrontierContinuesFromItsBytes) {
  Generator random(3);
  Frontier frontier;
  for (int i = 0; i < 200; ++i) {
    auto again = Frontier::from_bytes(frontier.to_bytes());
    ASSERT_TRUE(again.has_value());
    ASSERT_EQ(*again, frontier);
    frontier.append(random_hash(random));
  }
}

TEST(Tree, AFrontierOfTheWrongLengthIsRefused) {
  Generator random(4);
  Frontier frontier;
  for (int i = 0; i < 7; ++i) frontier.append(random_hash(random));
  Bytes bytes = frontier.to_bytes();
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_FALSE(Frontier::from_bytes(BytesView(bytes).first(length)).has_value());
  }
  bytes[7] = 8;  // one subtree, not three
  EXPECT_FALSE(Frontier::from_bytes(bytes).has_value());
  EXPECT_FALSE(Frontier::from_bytes(Bytes(8 + 64 * 32, 0xFF)).has_value());
}

TEST(Proof, OfInclusionHoldsForEveryLeafOfEverySize) {
  Generator random(5);
  const auto leaves = random_leaves(random, 70);
  for (std::size_t size = 1; size <= leaves.size(); ++size) {
    const auto tree = std::span(leaves).first(size);
    const Hash root = tree_root(tree);
    for (std::size_t index = 0; index < size; ++index) {
      const auto proof = inclusion_proof(tree, index);
      ASSERT_TRUE(proof.has_value());
      ASSERT_TRUE(verify_inclusion(tree[index], index, size, root, *proof)) << size << " " << index;
    }
    EXPECT_FALSE(inclusion_proof(tree, size).has_value());
  }
}

TEST(Proof, OfConsistencyHoldsForEveryPairOfSizes) {
  Generator random(6);
  const auto leaves = random_leaves(random, 70);
  for (std::size_t newer = 0; newer <= leaves.size(); ++newer) {
    const auto tree = std::span(leaves).first(newer);
    for (std::size_t older = 0; older <= newer; ++older) {
      const auto proof = consistency_proof(tree, older);
      ASSERT_TRUE(proof.has_value());
      ASSERT_TRUE(
          verify_consistency(older, tree_root(tree.first(older)), newer, tree_root(tree), *proof))
          << older << " " << newer;
    }
    EXPECT_FALSE(consistency_proof(tree, newer + 1).has_value());
  }
}

// What an attacker may change of a proof: any hash, its length, its order.
std::vector<Proof> tampered(const Proof& proof, Generator& random) {
  std::vector<Proof> changed;
  for (std::size_t i = 0; i < proof.size(); ++i) {
    changed.push_back(proof);
    changed.back()[i][random() % 32] ^= static_cast<std::uint8_t>(1 << random() % 8);
    changed.push_back(proof);
    changed.back().erase(changed.back().begin() + static_cast<std::ptrdiff_t>(i));
    if (i + 1 < proof.size()) {
      changed.push_back(proof);
      std::swap(changed.back()[i], changed.back()[i + 1]);
    }
  }
  changed.push_back(proof);
  changed.back().push_back(random_hash(random));
  changed.push_back(proof);
  changed.back().insert(changed.back().begin(), random_hash(random));
  return changed;
}

TEST(Proof, OfInclusionFailsWhenAnythingIsChanged) {
  Generator random(7);
  for (int round = 0; round < 60; ++round) {
    const auto leaves = random_leaves(random, 2 + random() % 60);
    const std::size_t size = leaves.size();
    const std::size_t index = random() % size;
    const Hash root = tree_root(leaves);
    const Proof proof = *inclusion_proof(leaves, index);
    for (const Proof& wrong : tampered(proof, random)) {
      EXPECT_FALSE(verify_inclusion(leaves[index], index, size, root, wrong));
    }
    EXPECT_FALSE(verify_inclusion(random_hash(random), index, size, root, proof));
    EXPECT_FALSE(verify_inclusion(leaves[index], index, size, random_hash(random), proof));
    EXPECT_FALSE(verify_inclusion(leaves[index], (index + 1) % size, size, root, proof));
    EXPECT_FALSE(verify_inclusion(leaves[index], size, size, root, proof));
    EXPECT_FALSE(verify_inclusion(leaves[index], index, 0, root, proof));
  }
}

TEST(Proof, OfConsistencyFailsWhenAnythingIsChanged) {
  Generator random(8);
  for (int round = 0; round < 60; ++round) {
    const auto leaves = random_leaves(random, 3 + random() % 60);
    const std::size_t newer = leaves.size();
    const std::size_t older = 1 + random() % (newer - 1);
    const Hash root = tree_root(leaves);
    const Hash old_root = tree_root(std::span(leaves).first(older));
    const Proof proof = *consistency_proof(leaves, older);
    for (const Proof& wrong : tampered(proof, random)) {
      EXPECT_FALSE(verify_consistency(older, old_root, newer, root, wrong));
    }
    EXPECT_FALSE(verify_consistency(older, random_hash(random), newer, root, proof));
    EXPECT_FALSE(verify_consistency(older, old_root, newer, random_hash(random), proof));
    EXPECT_FALSE(verify_consistency(newer, root, older, old_root, proof));
  }
}

TEST(Proof, OfNothingIsConsistentWithEverythingByAnEmptyProof) {
  Generator random(9);
  const Hash root = random_hash(random);
  const Hash nothing = tree_root({});
  EXPECT_TRUE(verify_consistency(0, nothing, 9, root, {}));
  EXPECT_TRUE(verify_consistency(0, nothing, 0, nothing, {}));
  EXPECT_FALSE(verify_consistency(0, root, 9, root, {}));
  EXPECT_FALSE(verify_consistency(0, nothing, 0, root, {}));
  EXPECT_FALSE(verify_consistency(0, nothing, 9, root, Proof{root}));
  EXPECT_FALSE(verify_consistency(9, root, 9, root, Proof{root}));
}

TEST(Leaf, AndNodeNeverHashAlike) {
  const Hash left{1};
  const Hash right{2};
  std::string joined(as_text(left));
  joined += as_text(right);
  EXPECT_NE(leaf_hash(joined), node_hash(left, right));
}

}  // namespace
}  // namespace yijuan::tlog
