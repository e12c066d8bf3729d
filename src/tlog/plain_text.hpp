// What counts as text in entries and notes: valid UTF-8 (no overlong forms, no surrogates) without
// control characters, so that what is signed is what a terminal shows.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace yijuan::tlog {

/// Whether all of `text` is such text; `newlines` allows '\n'.
bool is_plain_text(std::string_view text, bool newlines = false);
/// `text` cut to at most `limit` bytes at a character's border, with U+FFFD for each byte that is
/// no text and a space for each control character.
std::string plain_text(std::string_view text, std::size_t limit);

}  // namespace yijuan::tlog
