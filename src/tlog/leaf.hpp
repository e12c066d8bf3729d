// The two hashes of RFC 9162's tree: a leaf and a node can never be taken for one another.
#pragma once

#include <string_view>

#include "base/hash.hpp"

namespace yijuan::tlog {

/// SHA-256(0x00 || line).
Hash leaf_hash(std::string_view line);
/// SHA-256(0x01 || left || right).
Hash node_hash(const Hash& left, const Hash& right);

}  // namespace yijuan::tlog
