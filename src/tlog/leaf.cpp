#include "tlog/leaf.hpp"

namespace yijuan::tlog {
namespace {
constexpr std::uint8_t kLeaf = 0x00;
constexpr std::uint8_t kNode = 0x01;
}  // namespace

Hash leaf_hash(std::string_view line) {
  return sha256({BytesView(&kLeaf, 1), as_bytes(line)});
}

Hash node_hash(const Hash& left, const Hash& right) {
  return sha256({BytesView(&kNode, 1), BytesView(left), BytesView(right)});
}

}  // namespace yijuan::tlog
