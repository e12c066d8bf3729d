// The part of a Merkle tree that is needed to go on: the roots of its complete subtrees, largest
// first (one for each bit set in `size`). Appending costs one hash on average, and 32 bytes a
// bit are stored beside the entries, in the same transaction.
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.hpp"
#include "base/hash.hpp"
#include "base/result.hpp"
#include "tlog/errc.hpp"

namespace yijuan::tlog {

class Frontier {
 public:
  void append(const Hash& leaf);
  [[nodiscard]] std::uint64_t size() const { return size_; }
  /// Root of the tree of `size` leaves; SHA-256 of nothing for none.
  [[nodiscard]] Hash root() const;

  /// 8 bytes of size, big-endian, then the subtree roots, largest first.
  [[nodiscard]] Bytes to_bytes() const;
  static Result<Frontier> from_bytes(BytesView bytes);

  friend bool operator==(const Frontier&, const Frontier&) = default;

 private:
  std::uint64_t size_ = 0;
  std::vector<Hash> roots_;
};

}  // namespace yijuan::tlog
