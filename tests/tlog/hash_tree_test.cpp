#include "tlog/hash_tree.hpp"

#include <gtest/gtest.h>

#include <span>

namespace yijuan::tlog {
namespace {

TEST(HashTree, GivesTheRootsAndProofsOfThePlainFunctions) {
  std::vector<Hash> leaves;
  HashTree tree;
  EXPECT_EQ(tree.root(0), tree_root({}));
  for (std::uint8_t i = 0; i < 70; ++i) {
    leaves.push_back(sha256(BytesView(&i, 1)));
    tree.append(leaves.back());
  }
  ASSERT_EQ(tree.size(), 70U);
  for (std::size_t newer = 0; newer <= leaves.size(); ++newer) {
    const auto some = std::span(leaves).first(newer);
    ASSERT_EQ(tree.root(newer), tree_root(some));
    for (std::size_t older = 0; older <= newer; ++older) {
      const auto proof = tree.consistency(older, newer);
      ASSERT_TRUE(proof.has_value());
      ASSERT_EQ(*proof, *consistency_proof(some, older)) << older << " in " << newer;
      const auto verified =
          verify_consistency(older, tree.root(older), newer, tree.root(newer), *proof);
      ASSERT_TRUE(verified.has_value()) << older << " in " << newer;
    }
  }
}

TEST(HashTree, ProvesNothingBeyondItself) {
  HashTree tree;
  tree.append(Hash{1});
  EXPECT_FALSE(tree.consistency(1, 2).has_value());
  EXPECT_FALSE(tree.consistency(2, 1).has_value());
}

}  // namespace
}  // namespace yijuan::tlog
