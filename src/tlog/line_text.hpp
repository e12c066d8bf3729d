// What the log's texts of lines have in common: lines that end, and numbers in their one form.
// Private to tlog.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace yijuan::tlog {

/// Takes a line from the front of `text`, without its newline; nothing if it does not end.
std::optional<std::string_view> take_line(std::string_view& text);
/// Digits alone, without leading zero, at most `most`.
std::optional<std::uint64_t> parse_decimal(std::string_view text,
                                           std::uint64_t most = ~std::uint64_t{0});

}  // namespace yijuan::tlog
