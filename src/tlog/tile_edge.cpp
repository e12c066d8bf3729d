#include "tlog/tile_edge.hpp"

#include <bit>
#include <optional>

#include "base/assert.hpp"
#include "tlog/leaf.hpp"
#include "tlog/proof.hpp"

namespace yijuan::tlog {

Result<TileEdge> TileEdge::read(std::uint64_t size, const Fetch& fetch) {
  TileEdge edge;
  edge.size_ = size;
  for (const Tile& tile : partial_tiles(size)) {
    auto hashes = fetch(tile);
    if (!hashes) return hashes.error();
    if (hashes->size() != tile.width) return {TlogErrc::bad_tile, tile_path(tile)};
    edge.rows_[tile.level] = *std::move(hashes);
  }
  return edge;
}

Result<void> TileEdge::append(const Hash& leaf, const OnFull& on_full) {
  ++size_;
  Hash hash = leaf;
  for (unsigned level = 0; level <= kLastTileLevel; ++level) {
    std::vector<Hash>& row = rows_[level];
    row.push_back(hash);
    if (row.size() < kTileWidth) return {};
    const std::uint64_t index = (size_ >> (kTileHeight * (level + 1))) - 1;
    auto told = on_full({.level = level, .index = index, .width = kTileWidth}, row);
    if (!told) return told;
    hash = tree_root(row);
    row.clear();
  }
  YIJUAN_ASSERT(false, "a tree cannot grow for ever");
}

Hash TileEdge::root() const {
  std::optional<Hash> root;
  for (const std::vector<Hash>& row : rows_) {
    // The complete subtrees of this level's hashes, smallest and rightmost first.
    std::span<const Hash> left(row);
    while (!left.empty()) {
      const std::size_t count = std::size_t{1} << std::countr_zero(left.size());
      const Hash subtree = tree_root(left.last(count));
      root = root ? node_hash(subtree, *root) : subtree;
      left = left.first(left.size() - count);
    }
  }
  return root ? *root : tree_root({});
}

}  // namespace yijuan::tlog
