// Ed25519 keys under a name, as C2SP signed notes know them. A key's id is the first 4 bytes of
// SHA-256(name || 0x0A || type || public key).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "tlog/errc.hpp"

namespace yijuan::tlog {

using Seed = std::array<std::uint8_t, 32>;
using PublicKey = std::array<std::uint8_t, 32>;
using Signature = std::array<std::uint8_t, 64>;

/// What a key signs: a note's text, or checkpoints with a time (cosignature/v1).
enum class KeyType : std::uint8_t { note = 0x01, cosignature = 0x04 };

/// Not empty, no space, no '+', no control character, valid UTF-8, at most 512 bytes.
bool is_key_name(std::string_view name);

struct VerifierKey {
  std::string name;
  KeyType type = KeyType::note;
  PublicKey bytes{};

  /// Reads a vkey: "name+hex8(id)+base64(type || public key)". TlogErrc::bad_key.
  static Result<VerifierKey> parse(std::string_view vkey);
  [[nodiscard]] std::string text() const;
  [[nodiscard]] std::uint32_t id() const;
  /// Whether `signature` is this key's over `message`.
  [[nodiscard]] bool verifies(BytesView message, const Signature& signature) const;
  friend bool operator==(const VerifierKey&, const VerifierKey&) = default;
};

/// A secret key, wiped when it goes.
class SigningKey {
 public:
  /// REQUIRES: is_key_name(name). `seed` is 32 unpredictable bytes, kept secret.
  SigningKey(std::string name, KeyType type, const Seed& seed);
  SigningKey(const SigningKey&) = default;
  SigningKey& operator=(const SigningKey&) = default;
  ~SigningKey();

  [[nodiscard]] const VerifierKey& verifier() const { return verifier_; }
  [[nodiscard]] Signature sign(BytesView message) const;

 private:
  VerifierKey verifier_;
  std::array<std::uint8_t, 64> secret_{};
};

/// The public key of a seed, for those who do not know the key's name yet.
PublicKey public_key_of(const Seed& seed);
/// First 8 hex digits of SHA-256 of the log's public key.
std::string epoch_id_of(const PublicKey& key);

/// Content of a key file: "yijuan-seed-v1 <base64 of the seed>\n". TlogErrc::bad_key.
std::string write_seed_file(const Seed& seed);
Result<Seed> parse_seed_file(std::string_view content);

}  // namespace yijuan::tlog
