// The right edge of a tiled tree: the unfinished tile of every level, which is all that is needed
// to make the tiles of the leaves to come, and to know the root. At most 255 hashes a level.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "base/hash.hpp"
#include "base/result.hpp"
#include "tlog/tile.hpp"

namespace yijuan::tlog {

class TileEdge {
 public:
  /// Told of each tile that is full now, leaves before what stands on them.
  using OnFull = std::function<Result<void>(const Tile& tile, std::span<const Hash> hashes)>;
  using Fetch = std::function<Result<std::vector<Hash>>(const Tile& tile)>;

  /// The edge of a tree of `size` leaves, from its partial tiles. Its root tells whether they are
  /// the right ones.
  static Result<TileEdge> read(std::uint64_t size, const Fetch& fetch);

  /// An error is what `on_full` returned; the edge is of no more use then.
  Result<void> append(const Hash& leaf, const OnFull& on_full);

  [[nodiscard]] std::uint64_t size() const { return size_; }
  /// Root of the tree so far.
  [[nodiscard]] Hash root() const;
  /// The hashes of the partial tile of a level; none where partial_tiles() names none.
  [[nodiscard]] std::span<const Hash> row(unsigned level) const { return rows_.at(level); }

  friend bool operator==(const TileEdge&, const TileEdge&) = default;

 private:
  std::uint64_t size_ = 0;
  std::array<std::vector<Hash>, kLastTileLevel + 1> rows_;
};

}  // namespace yijuan::tlog
