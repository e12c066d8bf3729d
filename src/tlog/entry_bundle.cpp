#include "tlog/entry_bundle.hpp"

#include "tlog/entry_line.hpp"
#include "tlog/tile.hpp"

namespace yijuan::tlog {
namespace {

constexpr std::size_t kLengthBytes = 2;
static_assert(kLongestLine < std::size_t{1} << (8 * kLengthBytes), "every line fits a bundle");

}  // namespace

Result<std::string> write_bundle(std::span<const std::string> lines) {
  std::string bundle;
  for (const std::string& line : lines) {
    if (line.size() > kLongestLine) return {TlogErrc::bad_line, "too long for a bundle"};
    bundle += static_cast<char>(line.size() >> 8);
    bundle += static_cast<char>(line.size() & 0xff);
    bundle += line;
  }
  return bundle;
}

Result<std::vector<std::string>> parse_bundle(std::string_view bytes) {
  std::vector<std::string> lines;
  while (!bytes.empty()) {
    if (lines.size() == kTileWidth) return {TlogErrc::bad_tile, "too many entries"};
    if (bytes.size() < kLengthBytes) return {TlogErrc::bad_tile, "cut in a length"};
    const std::size_t length = std::size_t{static_cast<unsigned char>(bytes[0])} << 8 |
                               static_cast<unsigned char>(bytes[1]);
    bytes.remove_prefix(kLengthBytes);
    if (bytes.size() < length) return {TlogErrc::bad_tile, "cut in an entry"};
    lines.emplace_back(bytes.substr(0, length));
    bytes.remove_prefix(length);
  }
  return lines;
}

}  // namespace yijuan::tlog
