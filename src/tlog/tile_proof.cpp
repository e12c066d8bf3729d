#include "tlog/tile_proof.hpp"

#include <bit>
#include <optional>

#include "tlog/leaf.hpp"

namespace yijuan::tlog {
namespace {

// Whether a stretch is what stands below one node of a tree of `size` leaves.
bool is_subtree(Stretch stretch, std::uint64_t size) {
  if (stretch.begin >= stretch.end || stretch.end > size) return false;
  const std::uint64_t length = stretch.end - stretch.begin;
  return stretch.begin % std::bit_ceil(length) == 0 &&
         (std::has_single_bit(length) || stretch.end == size);
}

}  // namespace

Result<Hash> TileReader::root() {
  if (size_ == 0) return tree_root({});
  return root_of({0, size_});
}

// Complete subtrees from the right end to the left: each is as large as its end's place allows.
Result<Hash> TileReader::root_of(Stretch stretch) {
  if (!is_subtree(stretch, size_)) return {TlogErrc::bad_proof, "the tree has no such subtree"};
  std::optional<Hash> root;
  std::uint64_t left = stretch.end - stretch.begin;
  while (left > 0) {
    const auto height = static_cast<unsigned>(std::countr_zero(left));
    left -= std::uint64_t{1} << height;
    auto hash = subtree(height, (stretch.begin + left) >> height);
    if (!hash) return hash.error();
    root = root ? node_hash(*hash, *root) : *hash;
  }
  return *root;
}

// Root of the leaves from index << height on, 1 << height of them.
Result<Hash> TileReader::subtree(unsigned height, std::uint64_t index) {
  const unsigned level = height / kTileHeight;
  const unsigned above = height % kTileHeight;  // levels above the hashes of the tile
  const std::uint64_t first = index << above;
  auto hashes = tile(level, first / kTileWidth);
  if (!hashes) return hashes.error();
  return tree_root(std::span(**hashes).subspan(first % kTileWidth, std::size_t{1} << above));
}

Result<const std::vector<Hash>*> TileReader::tile(unsigned level, std::uint64_t index) {
  const auto known = tiles_.find({level, index});
  if (known != tiles_.end()) return &known->second;
  const Tile wanted{.level = level, .index = index, .width = tile_width(level, index, size_)};
  auto hashes = fetch_(wanted);
  if (!hashes) return hashes.error();
  if (hashes->size() != wanted.width) return {TlogErrc::bad_tile, tile_path(wanted)};
  return &tiles_.emplace(std::pair(level, index), *std::move(hashes)).first->second;
}

Result<Proof> TileReader::hashes(const std::vector<Stretch>& stretches) {
  Proof proof;
  for (const Stretch& stretch : stretches) {
    auto hash = root_of(stretch);
    if (!hash) return hash.error();
    proof.push_back(*hash);
  }
  return proof;
}

Result<Proof> TileReader::inclusion(std::uint64_t index) {
  auto path = inclusion_path(index, size_);
  if (!path) return path.error();
  return hashes(*path);
}

Result<Proof> TileReader::consistency(std::uint64_t older) {
  auto path = consistency_path(older, size_);
  if (!path) return path.error();
  return hashes(*path);
}

}  // namespace yijuan::tlog
