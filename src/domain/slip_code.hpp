// The code on a slip: where its gift stands in the log, a secret that only this box can make
// again, and the box's signature. Anyone can check a gift with it; only who holds the secret can
// ask for a ticket. A reprint needs nothing stored. Formats: rules.md, "Slip code".
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/hash.hpp"
#include "base/ids.hpp"

namespace yijuan::domain {

using SlipSecret = std::array<std::uint8_t, 16>;
using SlipSignature = std::array<std::uint8_t, 64>;
/// Ed25519 by the log's key, e.g. a lambda around tlog::SigningKey.
using SlipSigner = std::function<SlipSignature(BytesView)>;

/// First 16 bytes of HMAC-SHA256(key, origin || 0x00 || decimal seq).
SlipSecret slip_secret(BytesView key, std::string_view origin, Seq gift);
/// SHA-256("yijuan-claim-v1" || 0x00 || secret): what the gift's entry holds.
Hash slip_claim(const SlipSecret& secret);

struct SlipCode {
  std::string origin;
  Seq gift = 0;
  Hash leaf{};
  SlipSecret secret{};
  SlipSignature signature{};
  friend bool operator==(const SlipCode&, const SlipCode&) = default;
};

/// The bytes that the signature covers.
std::string slip_payload(const SlipCode& code);
/// A signed code of a gift that is durable under `leaf`.
SlipCode make_slip_code(BytesView key, std::string_view origin, Seq gift, const Hash& leaf,
                        const SlipSigner& sign);
/// "<verify_url>#v1.<origin>.<seq>.<leaf>.<secret>.<signature>".
std::string slip_url(std::string_view verify_url, const SlipCode& code);
/// Reads the fragment ("v1…", with or without what stands before '#'). The signature is read, not
/// verified.
std::optional<SlipCode> parse_slip_code(std::string_view text);

}  // namespace yijuan::domain
