// Where the hashes and entries of a tree stand in a public log (C2SP tlog-tiles): a tile holds up
// to 256 hashes of one level in a row, a bundle up to 256 entries. A full one never changes; the
// last of its level may be partial, and is then named by its width too.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/hash.hpp"
#include "base/result.hpp"
#include "tlog/errc.hpp"

namespace yijuan::tlog {

inline constexpr unsigned kTileWidth = 256;
inline constexpr unsigned kTileHeight = 8;  // levels of the tree that a tile spans
/// Sizes stay below 2^63: tiles above this level cannot be.
inline constexpr unsigned kLastTileLevel = 7;

/// Hash i of it is the root of the leaves from (index * 256 + i) * 256^level on, 256^level of them.
struct Tile {
  unsigned level = 0;
  std::uint64_t index = 0;
  unsigned width = kTileWidth;  // 1 to 256
  friend bool operator==(const Tile&, const Tile&) = default;
};

/// The entries from index * 256 on, `width` of them.
struct Bundle {
  std::uint64_t index = 0;
  unsigned width = kTileWidth;
  friend bool operator==(const Bundle&, const Bundle&) = default;
};

/// "tile/0/x001/x234/067", "tile/1/000.p/17".
std::string tile_path(const Tile& tile);
/// "tile/entries/x001/x234/067", "tile/entries/000.p/17".
std::string bundle_path(const Bundle& bundle);
/// The one path that names a tile; nothing for any other text.
std::optional<Tile> parse_tile_path(std::string_view path);
std::optional<Bundle> parse_bundle_path(std::string_view path);

/// How wide tile `index` of `level` is in a tree of `size` leaves; 0: it is not in it.
unsigned tile_width(unsigned level, std::uint64_t index, std::uint64_t size);
/// The tiles of a tree of `newer` leaves that a tree of `older` has not: by level, then index.
std::vector<Tile> new_tiles(std::uint64_t older, std::uint64_t newer);
/// The partial tiles of a tree of `size` leaves, at most one a level, lowest first.
std::vector<Tile> partial_tiles(std::uint64_t size);

/// Hashes as a tile's bytes, one after the other, and back. TlogErrc::bad_tile if it has not
/// exactly `width` hashes.
Bytes write_tile(std::span<const Hash> hashes);
Result<std::vector<Hash>> parse_tile(BytesView bytes, unsigned width);

}  // namespace yijuan::tlog
