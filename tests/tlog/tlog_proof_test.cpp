// Proof files: written, read back, verified, and refused when anything in them is changed.
#include "tlog/tlog_proof.hpp"

#include <gtest/gtest.h>

#include "tlog/cosignature.hpp"
#include "tlog/leaf.hpp"

namespace yijuan::tlog {
namespace {

class TlogProofTest : public ::testing::Test {
 protected:
  TlogProofTest() {
    for (int i = 0; i < 11; ++i) leaves.push_back(leaf_hash(std::to_string(i)));
  }
  TlogProof proof_of(std::uint64_t index) {
    const std::string note = sign_checkpoint(
        {.origin = log.verifier().name, .size = leaves.size(), .root = tree_root(leaves)}, log);
    return {.extra = {},
            .index = index,
            .path = *inclusion_proof(leaves, index),
            .checkpoint = *cosign(note, cosigner, at)};
  }
  Result<ProvenEntry> verify(const TlogProof& proof, const Hash& leaf) {
    return verify_tlog_proof(proof, leaf, log.verifier(), cosigner.verifier());
  }

  std::vector<Hash> leaves;
  SigningKey log{"ledger.example/box/b/01234567", KeyType::note, Seed{1}};
  SigningKey cosigner{"ledger.example/cosigner", KeyType::cosignature, Seed{2}};
  WallTime at = *parse_rfc3339("2026-10-17T08:00:00.000Z");
};

TEST_F(TlogProofTest, OfEveryEntryIsReadBackAndVerifies) {
  for (std::uint64_t index = 0; index < leaves.size(); ++index) {
    const TlogProof proof = proof_of(index);
    const auto read = parse_tlog_proof(write_tlog_proof(proof));
    ASSERT_TRUE(read.has_value()) << read.error().message();
    EXPECT_EQ(*read, proof);
    const auto proven = verify(*read, leaves[index]);
    ASSERT_TRUE(proven.has_value()) << proven.error().message();
    EXPECT_EQ(proven->checkpoint.size, leaves.size());
    EXPECT_EQ(proven->cosigned, at);
  }
}

TEST_F(TlogProofTest, OfTheOnlyEntryHasNoHashes) {
  leaves.resize(1);
  const std::string text = write_tlog_proof(proof_of(0));
  EXPECT_TRUE(
      text.starts_with("c2sp.org/tlog-proof@v1\nindex 0\n\nledger.example/box/b/01234567\n"))
      << text;
  EXPECT_TRUE(verify(*parse_tlog_proof(text), leaves[0]).has_value());
}

TEST_F(TlogProofTest, MayCarryExtraData) {
  TlogProof proof = proof_of(3);
  proof.extra = Bytes{1, 2, 3};
  const std::string text = write_tlog_proof(proof);
  EXPECT_TRUE(text.starts_with("c2sp.org/tlog-proof@v1\nextra AQID\nindex 3\n")) << text;
  EXPECT_EQ(*parse_tlog_proof(text), proof);
}

TEST_F(TlogProofTest, DoesNotVerifyForAnotherEntryPlaceLogOrCosigner) {
  const TlogProof proof = proof_of(3);
  EXPECT_FALSE(verify(proof, leaves[4]).has_value());
  TlogProof other = proof;
  other.index = 4;
  EXPECT_FALSE(verify(other, leaves[3]).has_value());
  const SigningKey stranger("ledger.example/cosigner", KeyType::cosignature, Seed{3});
  EXPECT_FALSE(
      verify_tlog_proof(proof, leaves[3], log.verifier(), stranger.verifier()).has_value());
  const SigningKey log2("ledger.example/box/c/01234567", KeyType::note, Seed{1});
  EXPECT_FALSE(
      verify_tlog_proof(proof, leaves[3], log2.verifier(), cosigner.verifier()).has_value());
}

TEST_F(TlogProofTest, IsRefusedOrFailsWhenAnyByteIsChanged) {
  const std::string text = write_tlog_proof(proof_of(6));
  for (std::size_t at_byte = 0; at_byte < text.size(); ++at_byte) {
    std::string changed = text;
    changed[at_byte] = changed[at_byte] == 'A' ? 'B' : 'A';
    const auto read = parse_tlog_proof(changed);
    if (read) EXPECT_FALSE(verify(*read, leaves[6]).has_value()) << at_byte;
  }
}

TEST_F(TlogProofTest, InAnyOtherFormIsRefused) {
  const std::string good = write_tlog_proof(proof_of(6));
  const auto with = [&](std::string_view old, std::string_view fresh) {
    std::string text = good;
    const std::size_t place = text.find(old);
    EXPECT_NE(place, std::string::npos);
    return text.replace(place, old.size(), fresh);
  };
  for (const std::string& text :
       {std::string(), std::string("c2sp.org/tlog-proof@v1"), with("@v1", "@v2"),
        with("index 6", "index 06"), with("index 6", "index -6"), with("index 6", "index"),
        with("index 6\n", ""), with("index 6", "extra ?\nindex 6"),
        with("index 6", "index 6\nextra AQID"), with("=\n", "\n"), with("\n\n", "\n"),
        good.substr(0, good.size() - 1), good + "x", with("index 6\n", "index 6\nAQID\n"),
        good + std::string(kLongestProofFile, 'x')}) {
    EXPECT_FALSE(parse_tlog_proof(text).has_value()) << text.substr(0, 200);
  }
}

}  // namespace
}  // namespace yijuan::tlog
