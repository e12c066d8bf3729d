#include "domain/slip_code.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace yijuan::domain {
namespace {

using namespace std::literals;

// Takes the text after the last '.' off `rest`.
std::string_view take_last(std::string_view& rest) {
  const std::size_t dot = rest.rfind('.');
  if (dot == std::string_view::npos) return {};
  const std::string_view field = rest.substr(dot + 1);
  rest = rest.substr(0, dot);
  return field;
}

template <class Array>
bool read_bytes(std::string_view text, Array& out) {
  const auto bytes = from_base64url(text);
  if (!bytes || bytes->size() != out.size()) return false;
  std::ranges::copy(*bytes, out.begin());
  return true;
}

bool read_seq(std::string_view text, Seq& out) {
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), out);
  return problem == std::errc{} && end == text.data() + text.size() &&
         (text.size() == 1 || text[0] != '0');
}

}  // namespace

SlipSecret slip_secret(BytesView key, std::string_view origin, Seq gift) {
  std::string message(origin);
  message += '\0';
  message += std::to_string(gift);
  const Hash mac = hmac_sha256(key, as_bytes(message));
  SlipSecret secret;
  std::copy_n(mac.begin(), secret.size(), secret.begin());
  return secret;
}

Hash slip_claim(const SlipSecret& secret) {
  return sha256({as_bytes("yijuan-claim-v1\0"sv), BytesView(secret)});
}

std::string slip_payload(const SlipCode& code) {
  return fmt::format("yijuan-slip-v1\n{}\n{}\n{}\n{}\n", code.origin, code.gift,
                     to_base64url(code.leaf), to_base64url(code.secret));
}

SlipCode make_slip_code(BytesView key, std::string_view origin, Seq gift, const Hash& leaf,
                        const SlipSigner& sign) {
  SlipCode code{std::string(origin), gift, leaf, slip_secret(key, origin, gift), {}};
  code.signature = sign(as_bytes(slip_payload(code)));
  return code;
}

std::string slip_url(std::string_view verify_url, const SlipCode& code) {
  return fmt::format("{}#v1.{}.{}.{}.{}.{}", verify_url, code.origin, code.gift,
                     to_base64url(code.leaf), to_base64url(code.secret),
                     to_base64url(code.signature));
}

std::optional<SlipCode> parse_slip_code(std::string_view text) {
  constexpr std::size_t kLongest = 1024;
  if (text.size() > kLongest) return std::nullopt;
  std::string_view rest = text.substr(text.find('#') + 1);  // npos + 1 is 0: no '#', all of it
  if (!rest.starts_with("v1.")) return std::nullopt;
  rest.remove_prefix(3);
  SlipCode code;
  // From the right: an origin has dots of its own.
  const std::string_view signature = take_last(rest);
  const std::string_view secret = take_last(rest);
  const std::string_view leaf = take_last(rest);
  const std::string_view seq = take_last(rest);
  if (!read_bytes(signature, code.signature) || !read_bytes(secret, code.secret) ||
      !read_bytes(leaf, code.leaf) || !read_seq(seq, code.gift) || !Origin::parse(rest)) {
    return std::nullopt;
  }
  code.origin = rest;
  return code;
}

}  // namespace yijuan::domain
