// Inclusion and consistency proofs of RFC 9162 (2.1.3, 2.1.4), made over all leaf hashes and
// checked with none of them. Indices and sizes come from outside and are checked.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/hash.hpp"
#include "base/result.hpp"
#include "tlog/errc.hpp"

namespace yijuan::tlog {

using Proof = std::vector<Hash>;

/// A proof has at most one hash for each level of a tree of 2^63 leaves.
inline constexpr std::size_t kLongestProof = 63;

/// The leaves from `begin` to before `end`.
struct Stretch {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  friend bool operator==(const Stretch&, const Stretch&) = default;
};

/// The stretches of leaves whose roots make up a proof, in its order: for whoever has the tree's
/// hashes in another form than that of leaves. TlogErrc::bad_proof as below.
Result<std::vector<Stretch>> inclusion_path(std::uint64_t index, std::uint64_t size);
Result<std::vector<Stretch>> consistency_path(std::uint64_t older, std::uint64_t newer);

/// Root over `leaves`; SHA-256 of nothing for none.
Hash tree_root(std::span<const Hash> leaves);
/// That leaves[index] is in the tree of all `leaves`. TlogErrc::bad_proof if there is no such leaf.
Result<Proof> inclusion_proof(std::span<const Hash> leaves, std::uint64_t index);
/// That the tree of the first `older` leaves is a beginning of the tree of all. Empty for an
/// `older` of 0 or of all; TlogErrc::bad_proof above that.
Result<Proof> consistency_proof(std::span<const Hash> leaves, std::uint64_t older);

Result<void> verify_inclusion(const Hash& leaf, std::uint64_t index, std::uint64_t size,
                              const Hash& root, std::span<const Hash> proof);
/// An `older` of 0 is consistent with everything, by an empty proof and the root of no leaves.
Result<void> verify_consistency(std::uint64_t older, const Hash& older_root, std::uint64_t newer,
                                const Hash& newer_root, std::span<const Hash> proof);

}  // namespace yijuan::tlog
