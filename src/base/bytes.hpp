// Byte strings and their text forms: hex, base64 (RFC 4648 section 4, padded) and base64url
// (section 5, unpadded). Decoders accept only the canonical form.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace yijuan {

using Bytes = std::vector<std::uint8_t>;
using BytesView = std::span<const std::uint8_t>;

/// The bytes of a text, not copied.
BytesView as_bytes(std::string_view text);
/// The text of some bytes, not copied.
std::string_view as_text(BytesView bytes);

std::string to_hex(BytesView bytes);
std::optional<Bytes> from_hex(std::string_view text);
std::string to_base64(BytesView bytes);
std::optional<Bytes> from_base64(std::string_view text);
std::string to_base64url(BytesView bytes);
std::optional<Bytes> from_base64url(std::string_view text);

}  // namespace yijuan
