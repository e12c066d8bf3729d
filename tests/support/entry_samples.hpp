// Entries of every type with random content, for round trips and for trees.
#pragma once

#include <random>
#include <string>

#include "tlog/entry.hpp"

namespace yijuan::tlog::samples {

using Generator = std::mt19937_64;

Hash random_hash(Generator& random);
/// Up to `most` bytes of Chinese, Latin, quotes and backslashes.
std::string random_text(Generator& random, std::size_t most);
Header random_header(Generator& random, Seq seq);
/// Any type but Unknown.
Body random_body(Generator& random);

/// One readable gift, for tests that change a byte of it.
Header plain_header(Seq seq);
Gift plain_gift();

}  // namespace yijuan::tlog::samples
