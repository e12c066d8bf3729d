// The configured coins of one acceptor: position, the id that the device must tell for it, and
// what it is worth to us. The id alone is never trusted with money.
#pragma once

#include <string>
#include <vector>

#include "base/fen.hpp"

namespace yijuan::cctalk {

struct CoinRow {
  int position = 0;  // 1..16
  std::string id;    // "CN100A"
  Fen amount;
  int path = 0;  // sorter path, 0: leave the device's
};

using CoinTable = std::vector<CoinRow>;

}  // namespace yijuan::cctalk
