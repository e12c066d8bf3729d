// Entry bundles (C2SP tlog-tiles): the lines of up to 256 entries, each after its length. A length
// has 16 bits, which is why no entry line is longer than 65,535 bytes (kLongestLine).
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "tlog/errc.hpp"

namespace yijuan::tlog {

/// 2 bytes of length, big-endian, and the line, for each. TlogErrc::bad_line if one is too long.
Result<std::string> write_bundle(std::span<const std::string> lines);
/// TlogErrc::bad_tile if it does not end with an entry, or holds more than 256.
Result<std::vector<std::string>> parse_bundle(std::string_view bytes);

}  // namespace yijuan::tlog
