// Proofs out of tiles: what a public log's reader, or its publisher, makes without any entry. Tiles
// come from outside and are checked for their widths only; a proof made of wrong tiles does not
// verify.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <vector>

#include "tlog/proof.hpp"
#include "tlog/tile.hpp"

namespace yijuan::tlog {

/// The hashes of one tree, by way of its tiles. Keeps every tile that it fetched.
class TileReader {
 public:
  using Fetch = std::function<Result<std::vector<Hash>>(const Tile& tile)>;

  /// A tree of `size` leaves: `fetch` is asked for its tiles, partial ones as wide as they are in
  /// that tree.
  TileReader(std::uint64_t size, Fetch fetch) : size_(size), fetch_(std::move(fetch)) {}

  /// Root of the tree, of which tiles on its right edge are read.
  Result<Hash> root();
  /// Root of the leaves of a stretch. TlogErrc::bad_proof if it is none of this tree's.
  Result<Hash> root_of(Stretch stretch);
  Result<Hash> leaf(std::uint64_t index) { return root_of({index, index + 1}); }
  /// As proof.hpp's, of this tree.
  Result<Proof> inclusion(std::uint64_t index);
  Result<Proof> consistency(std::uint64_t older);

 private:
  Result<Hash> subtree(unsigned height, std::uint64_t index);
  Result<const std::vector<Hash>*> tile(unsigned level, std::uint64_t index);
  Result<Proof> hashes(const std::vector<Stretch>& stretches);

  std::uint64_t size_;
  Fetch fetch_;
  std::map<std::pair<unsigned, std::uint64_t>, std::vector<Hash>> tiles_;
};

}  // namespace yijuan::tlog
