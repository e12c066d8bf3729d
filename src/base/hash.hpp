// SHA-256 and HMAC-SHA-256 (OpenSSL's, which use the processor's instructions).
#pragma once

#include <array>
#include <initializer_list>

#include "base/bytes.hpp"

namespace yijuan {

using Hash = std::array<std::uint8_t, 32>;

/// SHA-256 of the concatenation of `parts`.
Hash sha256(std::initializer_list<BytesView> parts);
Hash sha256(BytesView bytes);
/// HMAC-SHA-256 of `message` under `key` (any length).
Hash hmac_sha256(BytesView key, BytesView message);

}  // namespace yijuan
