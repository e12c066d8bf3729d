#include "tlog/frontier.hpp"

#include <algorithm>
#include <bit>

#include "base/assert.hpp"
#include "tlog/leaf.hpp"

namespace yijuan::tlog {
namespace {
constexpr std::size_t kSizeBytes = 8;
constexpr std::uint64_t kLargestSize = std::uint64_t{1} << 62;
}  // namespace

void Frontier::append(const Hash& leaf) {
  YIJUAN_ASSERT(size_ < kLargestSize, "a tree cannot grow for ever");
  Hash hash = leaf;
  // Each trailing one bit of the size is a complete subtree of the same height to join with.
  for (std::uint64_t bits = size_; (bits & 1) != 0; bits >>= 1) {
    hash = node_hash(roots_.back(), hash);
    roots_.pop_back();
  }
  roots_.push_back(hash);
  ++size_;
}

Hash Frontier::root() const {
  if (roots_.empty()) return sha256(BytesView{});
  Hash hash = roots_.back();
  for (std::size_t i = roots_.size() - 1; i-- > 0;) hash = node_hash(roots_[i], hash);
  return hash;
}

Bytes Frontier::to_bytes() const {
  Bytes bytes;
  bytes.reserve(kSizeBytes + roots_.size() * sizeof(Hash));
  for (int shift = 56; shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<std::uint8_t>(size_ >> shift));
  }
  for (const Hash& root : roots_) bytes.insert(bytes.end(), root.begin(), root.end());
  return bytes;
}

Result<Frontier> Frontier::from_bytes(BytesView bytes) {
  if (bytes.size() < kSizeBytes) return TlogErrc::bad_frontier;
  Frontier frontier;
  for (const std::uint8_t byte : bytes.first(kSizeBytes)) {
    frontier.size_ = frontier.size_ << 8 | byte;
  }
  bytes = bytes.subspan(kSizeBytes);
  const auto subtrees = static_cast<std::size_t>(std::popcount(frontier.size_));
  if (frontier.size_ > kLargestSize || bytes.size() != subtrees * sizeof(Hash)) {
    return TlogErrc::bad_frontier;
  }
  frontier.roots_.resize(subtrees);
  for (Hash& root : frontier.roots_) {
    std::ranges::copy(bytes.first(sizeof(Hash)), root.begin());
    bytes = bytes.subspan(sizeof(Hash));
  }
  return frontier;
}

}  // namespace yijuan::tlog
