// The configured notes of one acceptor: position, the id that the device must tell for it, and
// what it is worth to us. The id alone is never trusted with money.
#pragma once

#include <string>
#include <vector>

#include "base/fen.hpp"

namespace yijuan::cctalk {

struct NoteRow {
  int position = 0;  // 1..64
  std::string id;    // "CN0100A"
  Fen amount;
};

using NoteTable = std::vector<NoteRow>;

}  // namespace yijuan::cctalk
