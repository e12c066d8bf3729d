#include "tlog/key.hpp"

#include <sodium.h>

#include <algorithm>

#include "base/assert.hpp"
#include "base/hash.hpp"
#include "tlog/plain_text.hpp"

namespace yijuan::tlog {
namespace {

static_assert(std::tuple_size_v<Seed> == crypto_sign_SEEDBYTES);
static_assert(std::tuple_size_v<PublicKey> == crypto_sign_PUBLICKEYBYTES);
static_assert(std::tuple_size_v<Signature> == crypto_sign_BYTES);

constexpr std::size_t kLongestKeyName = 512;
constexpr std::string_view kSeedFile = "yijuan-seed-v1 ";

using SecretKey = std::array<std::uint8_t, crypto_sign_SECRETKEYBYTES>;

PublicKey expand(const Seed& seed, SecretKey& secret) {
  PublicKey key;
  crypto_sign_seed_keypair(key.data(), secret.data(), seed.data());
  return key;
}

Bytes typed_key(const VerifierKey& key) {
  Bytes bytes{static_cast<std::uint8_t>(key.type)};
  bytes.insert(bytes.end(), key.bytes.begin(), key.bytes.end());
  return bytes;
}

std::string id_text(std::uint32_t id) {
  const std::array<std::uint8_t, 4> bytes{
      static_cast<std::uint8_t>(id >> 24), static_cast<std::uint8_t>(id >> 16),
      static_cast<std::uint8_t>(id >> 8), static_cast<std::uint8_t>(id)};
  return to_hex(bytes);
}

}  // namespace

bool is_key_name(std::string_view name) {
  return !name.empty() && name.size() <= kLongestKeyName &&
         name.find_first_of(" +") == std::string_view::npos && is_plain_text(name);
}

Result<VerifierKey> VerifierKey::parse(std::string_view vkey) {
  const std::size_t first = vkey.find('+');
  const std::size_t second = vkey.find('+', first + 1);
  if (first == std::string_view::npos || second == std::string_view::npos) {
    return {TlogErrc::bad_key, "not of the form name+id+key"};
  }
  VerifierKey key;
  key.name = vkey.substr(0, first);
  const auto bytes = from_base64(vkey.substr(second + 1));
  if (!is_key_name(key.name) || !bytes || bytes->size() != 1 + key.bytes.size()) {
    return {TlogErrc::bad_key, "its name or its bytes are not a key's"};
  }
  key.type = static_cast<KeyType>(bytes->front());
  if (key.type != KeyType::note && key.type != KeyType::cosignature) {
    return {TlogErrc::bad_key, "of a type that is not known here"};
  }
  std::ranges::copy(bytes->begin() + 1, bytes->end(), key.bytes.begin());
  if (vkey.substr(first + 1, second - first - 1) != id_text(key.id())) {
    return {TlogErrc::bad_key, "its id is not that of its bytes"};
  }
  return key;
}

std::string VerifierKey::text() const {
  return name + "+" + id_text(id()) + "+" + to_base64(typed_key(*this));
}

std::uint32_t VerifierKey::id() const {
  const Bytes typed = typed_key(*this);
  const Hash hash = sha256({as_bytes(name), as_bytes("\n"), BytesView(typed)});
  return std::uint32_t{hash[0]} << 24 | std::uint32_t{hash[1]} << 16 | std::uint32_t{hash[2]} << 8 |
         std::uint32_t{hash[3]};
}

bool VerifierKey::verifies(BytesView message, const Signature& signature) const {
  return crypto_sign_verify_detached(signature.data(), message.data(), message.size(),
                                     bytes.data()) == 0;
}

SigningKey::SigningKey(std::string name, KeyType type, const Seed& seed) {
  YIJUAN_ASSERT(is_key_name(name), "a key's name has no space and no '+'");
  verifier_ = {.name = std::move(name), .type = type, .bytes = expand(seed, secret_)};
}

SigningKey::~SigningKey() {
  sodium_memzero(secret_.data(), secret_.size());
}

Signature SigningKey::sign(BytesView message) const {
  Signature signature;
  crypto_sign_detached(signature.data(), nullptr, message.data(), message.size(), secret_.data());
  return signature;
}

PublicKey public_key_of(const Seed& seed) {
  SecretKey secret;
  const PublicKey key = expand(seed, secret);
  sodium_memzero(secret.data(), secret.size());
  return key;
}

std::string epoch_id_of(const PublicKey& key) {
  return to_hex(sha256(key)).substr(0, 8);
}

std::string write_seed_file(const Seed& seed) {
  return std::string(kSeedFile) + to_base64(seed) + "\n";
}

Result<Seed> parse_seed_file(std::string_view content) {
  if (!content.starts_with(kSeedFile) || !content.ends_with('\n')) {
    return {TlogErrc::bad_key, "a key file begins with yijuan-seed-v1"};
  }
  content.remove_prefix(kSeedFile.size());
  content.remove_suffix(1);
  auto bytes = from_base64(content);
  Seed seed;
  if (!bytes || bytes->size() != seed.size()) return {TlogErrc::bad_key, "not 32 bytes of base64"};
  std::ranges::copy(*bytes, seed.begin());
  sodium_memzero(bytes->data(), bytes->size());
  return seed;
}

}  // namespace yijuan::tlog
