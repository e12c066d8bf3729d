// A whole Merkle tree in memory (64 bytes a leaf): the root of any beginning of it, and the proof
// that one beginning goes on into another, without hashing all leaves again.
#pragma once

#include <cstdint>
#include <vector>

#include "base/hash.hpp"
#include "base/result.hpp"
#include "tlog/proof.hpp"

namespace yijuan::tlog {

class HashTree {
 public:
  void append(const Hash& leaf);
  [[nodiscard]] std::uint64_t size() const { return levels_.empty() ? 0 : levels_.front().size(); }

  /// Root of the first `size` leaves. REQUIRES: there are so many.
  [[nodiscard]] Hash root(std::uint64_t size) const;
  /// As consistency_proof() over the first `newer` leaves. TlogErrc::bad_proof if `older` is above
  /// `newer`, or `newer` above size().
  [[nodiscard]] Result<Proof> consistency(std::uint64_t older, std::uint64_t newer) const;

 private:
  [[nodiscard]] Hash root_of(std::uint64_t begin, std::uint64_t end) const;

  std::vector<std::vector<Hash>> levels_;  // [k][i]: root of the 2^k leaves from i * 2^k on
};

}  // namespace yijuan::tlog
