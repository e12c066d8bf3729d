// Tiles of a public log: their names, which ones a tree has, that they give its root and proofs.
#include "tlog/tile.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "tests/support/entry_samples.hpp"
#include "tlog/entry_bundle.hpp"
#include "tlog/entry_line.hpp"
#include "tlog/leaf.hpp"
#include "tlog/tile_edge.hpp"
#include "tlog/tile_proof.hpp"

namespace yijuan::tlog {
namespace {

using samples::Generator;
using samples::random_hash;

std::vector<Hash> numbered_leaves(std::size_t count) {
  std::vector<Hash> leaves(count);
  for (std::size_t i = 0; i < count; ++i) leaves[i] = leaf_hash(std::to_string(i));
  return leaves;
}

/// A public folder in memory, grown leaf by leaf, with the partial tiles of every size asked for.
class Folder {
 public:
  void grow(std::span<const Hash> leaves) {
    for (const Hash& leaf : leaves) {
      const auto done = edge.append(leaf, [this](const Tile& tile, std::span<const Hash> hashes) {
        EXPECT_TRUE(tiles.emplace(tile_path(tile), write_tile(hashes)).second) << "made twice";
        return Result<void>();
      });
      ASSERT_TRUE(done.has_value());
    }
    for (const Tile& tile : partial_tiles(edge.size())) {
      EXPECT_EQ(edge.row(tile.level).size(), tile.width);
      tiles.emplace(tile_path(tile), write_tile(edge.row(tile.level)));
    }
  }
  Result<std::vector<Hash>> fetch(const Tile& tile) {
    const auto found = tiles.find(tile_path(tile));
    if (found == tiles.end()) return {TlogErrc::bad_tile, "there is no " + tile_path(tile)};
    ++fetched;
    return parse_tile(found->second, tile.width);
  }
  TileReader reader(std::uint64_t size) {
    return {size, [this](const Tile& tile) { return fetch(tile); }};
  }

  TileEdge edge;
  std::map<std::string, Bytes> tiles;
  int fetched = 0;
};

TEST(TilePath, IsTheOneOfTheSpecification) {
  EXPECT_EQ(tile_path({.level = 0, .index = 1234067}), "tile/0/x001/x234/067");
  EXPECT_EQ(tile_path({.level = 1, .index = 0, .width = 17}), "tile/1/000.p/17");
  EXPECT_EQ(tile_path({.level = 2, .index = 999}), "tile/2/999");
  EXPECT_EQ(tile_path({.level = 2, .index = 1000}), "tile/2/x001/000");
  EXPECT_EQ(bundle_path({.index = 1234067}), "tile/entries/x001/x234/067");
  EXPECT_EQ(bundle_path({.index = 5, .width = 255}), "tile/entries/005.p/255");
}

TEST(TilePath, IsReadBackAsItWasWritten) {
  Generator random(1);
  for (int i = 0; i < 2000; ++i) {
    const std::uint64_t index = random() >> (9 + random() % 54);
    const auto width = static_cast<unsigned>(1 + random() % 256);
    const Tile tile{.level = static_cast<unsigned>(random() % 8), .index = index, .width = width};
    EXPECT_EQ(parse_tile_path(tile_path(tile)), tile) << tile_path(tile);
    const Bundle bundle{.index = index, .width = width};
    EXPECT_EQ(parse_bundle_path(bundle_path(bundle)), bundle) << bundle_path(bundle);
  }
}

TEST(TilePath, InAnyOtherFormIsNone) {
  for (const char* path : {"",
                           "tile",
                           "tile/",
                           "tile/0",
                           "tile/0/",
                           "tile/0/0",
                           "tile/0/00",
                           "tile/0/0000",
                           "tile/00/000",
                           "tile/8/000",
                           "tile/-1/000",
                           "tile/0/x000/000",
                           "tile/0/x001",
                           "tile/0/x001/",
                           "tile/0/001/000",
                           "tile/0/x001/x000",
                           "tile/0/000/",
                           "tile/0/000.p",
                           "tile/0/000.p/",
                           "tile/0/000.p/0",
                           "tile/0/000.p/256",
                           "tile/0/000.p/01",
                           "tile/0/000.p/+1",
                           "tile/0/000.q/1",
                           "tile/0/000.p/1/",
                           "tile/0/../000",
                           "/tile/0/000",
                           "tile/0/00a",
                           "tile/0/ 00",
                           "tile/0/x001/x234/067.p/1.p/1",
                           "tile/entries/000",
                           "tile/0/x999/x999/x999/x999/x999/x999/999",
                           "tile/0/x001/x001/x001/x001/x001/x001/x001/001"}) {
    EXPECT_FALSE(parse_tile_path(path)) << path;
  }
  for (const char* path : {"tile/entries", "tile/entries/", "tile/entries/0", "tile/0/000",
                           "tile/entries/000.p/0", "tile/entries/x000/001"}) {
    EXPECT_FALSE(parse_bundle_path(path)) << path;
  }
}

TEST(Tiles, OfATreeOfSeventyThousandAreThoseOfTheSpecification) {
  const auto tiles = new_tiles(0, 70'000);
  ASSERT_EQ(tiles.size(), 273U + 1 + 1 + 1 + 1);
  EXPECT_EQ(tiles[272], (Tile{.level = 0, .index = 272}));
  EXPECT_EQ(tiles[273], (Tile{.level = 0, .index = 273, .width = 112}));
  EXPECT_EQ(tiles[274], (Tile{.level = 1, .index = 0}));
  EXPECT_EQ(tiles[275], (Tile{.level = 1, .index = 1, .width = 17}));
  EXPECT_EQ(tiles[276], (Tile{.level = 2, .index = 0, .width = 1}));
  EXPECT_EQ(new_tiles(0, 256),
            (std::vector<Tile>{{.level = 0, .index = 0}, {.level = 1, .index = 0, .width = 1}}));
  EXPECT_TRUE(new_tiles(70'000, 70'000).empty());
  EXPECT_TRUE(new_tiles(0, 0).empty());
}

TEST(Tiles, OfAGrownTreeAreTheOnesThatItHadNotBefore) {
  for (const std::uint64_t older : {0, 1, 255, 256, 257, 511, 65'535, 65'536, 65'537, 70'000}) {
    for (const std::uint64_t newer : {older + 1, older + 254, older + 256, older + 70'000}) {
      std::vector<Tile> expected;
      const auto had = new_tiles(0, older);
      for (const Tile& tile : new_tiles(0, newer)) {
        if (std::ranges::find(had, tile) == had.end()) expected.push_back(tile);
      }
      EXPECT_EQ(new_tiles(older, newer), expected) << older << " " << newer;
    }
  }
}

TEST(Tiles, AnEdgeMakesThemAllAndKnowsTheRoot) {
  const auto leaves = numbered_leaves(66'500);
  Folder folder;
  std::size_t done = 0;
  for (const std::size_t size : {0, 1, 2, 255, 256, 257, 300, 511, 512, 1000, 65'536, 66'500}) {
    folder.grow(std::span(leaves).subspan(done, size - done));
    done = size;
    EXPECT_EQ(folder.edge.root(), tree_root(std::span(leaves).first(size))) << size;
    for (const Tile& tile : new_tiles(0, size)) {
      EXPECT_TRUE(folder.tiles.contains(tile_path(tile))) << tile_path(tile) << " of " << size;
    }
    const auto again = TileEdge::read(size, [&](const Tile& tile) { return folder.fetch(tile); });
    ASSERT_TRUE(again.has_value());
    EXPECT_EQ(*again, folder.edge) << size;
  }
}

TEST(Tiles, AnEdgeStopsWhereATileCannotBeKept) {
  TileEdge edge;
  const auto full = [](const Tile&, std::span<const Hash>) {
    return Result<void>(TlogErrc::bad_tile, "the disk is full");
  };
  for (int i = 0; i < 255; ++i) ASSERT_TRUE(edge.append(Hash{}, full).has_value());
  EXPECT_FALSE(edge.append(Hash{}, full).has_value());
}

TEST(Tiles, GiveTheSameProofsAsAllLeaves) {
  Generator random(2);
  const auto leaves = numbered_leaves(66'000);
  Folder folder;
  std::size_t done = 0;
  for (const std::size_t size : {1, 3, 200, 256, 258, 770, 65'536, 66'000}) {
    folder.grow(std::span(leaves).subspan(done, size - done));
    done = size;
    const auto tree = std::span(leaves).first(size);
    TileReader reader = folder.reader(size);
    EXPECT_EQ(*reader.root(), tree_root(tree));
    for (int i = 0; i < 20; ++i) {
      const std::uint64_t index = random() % size;
      EXPECT_EQ(*reader.leaf(index), leaves[index]);
      EXPECT_EQ(*reader.inclusion(index), *inclusion_proof(tree, index)) << index << " " << size;
      const std::uint64_t older = random() % (size + 1);
      EXPECT_EQ(*reader.consistency(older), *consistency_proof(tree, older)) << older;
    }
    EXPECT_FALSE(reader.inclusion(size).has_value());
    EXPECT_FALSE(reader.consistency(size + 1).has_value());
    EXPECT_FALSE(reader.root_of({0, size + 1}).has_value());
    EXPECT_FALSE(reader.root_of({1, 1}).has_value());
  }
  EXPECT_FALSE(folder.reader(66'000).root_of({1, 3}).has_value());
  EXPECT_FALSE(folder.reader(66'000).root_of({0, 3}).has_value());
}

TEST(Tiles, AProofNeedsFewOfThem) {
  const auto leaves = numbered_leaves(66'000);
  Folder folder;
  folder.grow(leaves);
  TileReader reader = folder.reader(66'000);
  ASSERT_TRUE(reader.inclusion(12'345).has_value());
  EXPECT_LE(folder.fetched, 6);
}

TEST(Tiles, AMissingOrCutTileIsAnErrorAndAChangedOneNoProof) {
  const auto leaves = numbered_leaves(700);
  Folder folder;
  folder.grow(leaves);
  Bytes& tile = folder.tiles.at("tile/0/001");
  tile[40] ^= 1;
  const auto wrong = folder.reader(700).inclusion(300);
  ASSERT_TRUE(wrong.has_value());
  EXPECT_FALSE(verify_inclusion(leaves[300], 300, 700, tree_root(leaves), *wrong));
  tile.pop_back();
  EXPECT_FALSE(folder.reader(700).inclusion(300).has_value());
  folder.tiles.erase("tile/0/001");
  EXPECT_FALSE(folder.reader(700).inclusion(300).has_value());
  EXPECT_FALSE(parse_tile(Bytes(31), 1).has_value());
  EXPECT_FALSE(parse_tile(Bytes(64), 1).has_value());
}

TEST(Bundle, HoldsLinesAsTheyAre) {
  const std::vector<std::string> lines = {"", "{}", std::string(256, 'x'),
                                          std::string(kLongestLine, 'y')};
  const auto bundle = write_bundle(lines);
  ASSERT_TRUE(bundle.has_value());
  EXPECT_EQ(bundle->substr(0, 8), std::string("\0\0\0\x02{}\x01\0", 8));
  EXPECT_EQ(*parse_bundle(*bundle), lines);
  for (const std::size_t cut : {std::size_t{1}, std::size_t{3}, bundle->size() - 1}) {
    EXPECT_FALSE(parse_bundle(std::string_view(*bundle).substr(0, cut)).has_value()) << cut;
  }
  EXPECT_FALSE(parse_bundle(std::string(257 * 2, '\0')).has_value());
}

TEST(Bundle, RefusesALineWhoseLengthItCannotSay) {
  const std::vector<std::string> lines = {std::string(65'536, 'x')};
  EXPECT_FALSE(write_bundle(lines).has_value());
  EXPECT_FALSE(parse_line(lines.front()).has_value());
}

}  // namespace
}  // namespace yijuan::tlog
