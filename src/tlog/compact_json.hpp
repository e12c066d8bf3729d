// Whether a line of an unknown type is at least sound JSON. Private to tlog.
#pragma once

#include <string_view>

namespace yijuan::tlog {

/// One JSON object (RFC 8259) without any space between tokens, of valid UTF-8 without control
/// characters, no key twice in an object, no escape in a key, at most 16 levels deep.
bool is_compact_object(std::string_view text);

}  // namespace yijuan::tlog
