#include "tlog/tile.hpp"

#include <algorithm>
#include <charconv>

#include "tlog/line_text.hpp"

namespace yijuan::tlog {
namespace {

constexpr std::string_view kTiles = "tile/";
constexpr std::string_view kBundles = "tile/entries/";
constexpr std::string_view kPartial = ".p/";
constexpr std::size_t kGroup = 3;       // digits of an index in one part of the path
constexpr std::size_t kMostGroups = 7;  // 2^63 has 19 digits

std::string index_path(std::uint64_t index) {
  std::string path;
  bool last = true;
  do {
    std::string group = std::to_string(index % 1000);
    group.insert(0, kGroup - group.size(), '0');
    path.insert(0, last ? group : 'x' + group + '/');
    last = false;
    index /= 1000;
  } while (index != 0);
  return path;
}

std::string place_path(std::uint64_t index, unsigned width) {
  std::string path = index_path(index);
  if (width < kTileWidth) path += std::string(kPartial) + std::to_string(width);
  return path;
}

std::optional<std::uint64_t> parse_index(std::string_view path) {
  std::uint64_t index = 0;
  for (std::size_t groups = 1; groups <= kMostGroups; ++groups) {
    const bool last = !path.starts_with('x');
    if (!last) path.remove_prefix(1);
    const std::string_view group = path.substr(0, kGroup);
    unsigned value = 0;
    const auto [end, error] = std::from_chars(group.begin(), group.end(), value);
    if (error != std::errc() || end != group.end() || group.size() != kGroup) return {};
    if (groups == 1 && !last && value == 0) return {};  // "x000/001" is "001"
    index = index * 1000 + value;
    path.remove_prefix(kGroup);
    if (last) return path.empty() ? std::optional(index) : std::nullopt;
    if (!path.starts_with('/')) return {};
    path.remove_prefix(1);
  }
  return {};
}

struct Place {
  std::uint64_t index;
  unsigned width;
};

std::optional<Place> parse_place(std::string_view path) {
  unsigned width = kTileWidth;
  if (const std::size_t dot = path.find('.'); dot != std::string_view::npos) {
    if (!path.substr(dot).starts_with(kPartial)) return {};
    const auto number = parse_decimal(path.substr(dot + kPartial.size()), kTileWidth - 1);
    if (!number || *number == 0) return {};
    width = static_cast<unsigned>(*number);
    path = path.substr(0, dot);
  }
  const auto index = parse_index(path);
  // Beyond this even a tile of leaves would be of a tree that cannot be.
  constexpr std::uint64_t kMostIndex = (std::uint64_t{1} << 55) - 1;
  if (!index || *index > kMostIndex) return {};
  return Place{*index, width};
}

// Hashes of `level` that a tree of `size` leaves has.
std::uint64_t hashes_of(unsigned level, std::uint64_t size) {
  return size >> (kTileHeight * level);
}

}  // namespace

std::string tile_path(const Tile& tile) {
  return std::string(kTiles) + std::to_string(tile.level) + '/' +
         place_path(tile.index, tile.width);
}

std::string bundle_path(const Bundle& bundle) {
  return std::string(kBundles) + place_path(bundle.index, bundle.width);
}

std::optional<Tile> parse_tile_path(std::string_view path) {
  if (!path.starts_with(kTiles)) return {};
  path.remove_prefix(kTiles.size());
  const std::size_t slash = path.find('/');
  if (slash == std::string_view::npos) return {};
  const auto level = parse_decimal(path.substr(0, slash), kLastTileLevel);
  const auto place = parse_place(path.substr(slash + 1));
  if (!level || !place) return {};
  return Tile{.level = static_cast<unsigned>(*level), .index = place->index, .width = place->width};
}

std::optional<Bundle> parse_bundle_path(std::string_view path) {
  if (!path.starts_with(kBundles)) return {};
  const auto place = parse_place(path.substr(kBundles.size()));
  if (!place) return {};
  return Bundle{.index = place->index, .width = place->width};
}

unsigned tile_width(unsigned level, std::uint64_t index, std::uint64_t size) {
  const std::uint64_t hashes = hashes_of(level, size);
  if (hashes >> kTileHeight > index) return kTileWidth;
  if (hashes >> kTileHeight < index) return 0;
  return static_cast<unsigned>(hashes % kTileWidth);
}

std::vector<Tile> new_tiles(std::uint64_t older, std::uint64_t newer) {
  std::vector<Tile> tiles;
  for (unsigned level = 0; level <= kLastTileLevel; ++level) {
    const std::uint64_t had = hashes_of(level, older);
    const std::uint64_t has = hashes_of(level, newer);
    for (std::uint64_t index = had / kTileWidth; index * kTileWidth < has && had < has; ++index) {
      tiles.push_back({.level = level, .index = index, .width = tile_width(level, index, newer)});
    }
  }
  return tiles;
}

std::vector<Tile> partial_tiles(std::uint64_t size) {
  std::vector<Tile> tiles;
  for (unsigned level = 0; level <= kLastTileLevel; ++level) {
    const std::uint64_t index = hashes_of(level, size) / kTileWidth;
    const unsigned width = tile_width(level, index, size);
    if (width > 0) tiles.push_back({.level = level, .index = index, .width = width});
  }
  return tiles;
}

Bytes write_tile(std::span<const Hash> hashes) {
  Bytes bytes;
  bytes.reserve(hashes.size() * sizeof(Hash));
  for (const Hash& hash : hashes) bytes.insert(bytes.end(), hash.begin(), hash.end());
  return bytes;
}

Result<std::vector<Hash>> parse_tile(BytesView bytes, unsigned width) {
  if (bytes.size() != width * sizeof(Hash)) {
    return {TlogErrc::bad_tile, "it has not " + std::to_string(width) + " hashes"};
  }
  std::vector<Hash> hashes(width);
  for (Hash& hash : hashes) {
    std::ranges::copy(bytes.first(sizeof(Hash)), hash.begin());
    bytes = bytes.subspan(sizeof(Hash));
  }
  return hashes;
}

}  // namespace yijuan::tlog
