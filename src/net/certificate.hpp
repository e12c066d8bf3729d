// P-256 keys and the few certificates of ours: the ledger's own authority, its server certificate
// and one client certificate per box, named by the URI urn:yijuan:box:<id>. (P-256 and not Ed25519
// because browsers refuse Ed25519.)
//
// A private key leaves its object only as to_pem(), for the key file of the machine that made it.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/hash.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

struct evp_pkey_st;
struct x509_st;

namespace yijuan::net {

class PrivateKey {
 public:
  static Result<PrivateKey> generate();
  /// Unencrypted PEM of a P-256 key; NetErrc::bad_key for any other kind.
  static Result<PrivateKey> from_pem(std::string_view pem);
  /// PKCS #8 PEM.
  [[nodiscard]] std::string to_pem() const;

  [[nodiscard]] evp_pkey_st* native() const { return key_.get(); }

 private:
  explicit PrivateKey(std::shared_ptr<evp_pkey_st> key) : key_(std::move(key)) {}
  std::shared_ptr<evp_pkey_st> key_;
};

struct Validity {
  WallTime from;
  WallTime to;
};

class Certificate {
 public:
  /// Exactly one certificate; NetErrc::bad_key otherwise.
  static Result<Certificate> from_pem(std::string_view pem);
  explicit Certificate(std::shared_ptr<x509_st> certificate)
      : certificate_(std::move(certificate)) {}

  [[nodiscard]] std::string to_pem() const;
  /// SHA-256 of the SubjectPublicKeyInfo: the same for every certificate of one key.
  [[nodiscard]] Hash key_fingerprint() const;
  /// The box that this certificate names, if it names exactly one.
  [[nodiscard]] std::optional<std::string> box() const;
  [[nodiscard]] Validity validity() const;
  [[nodiscard]] bool belongs_to(const PrivateKey& key) const;
  /// Whether `authority` signed this certificate (dates are not looked at).
  [[nodiscard]] bool signed_by(const Certificate& authority) const;

  [[nodiscard]] x509_st* native() const { return certificate_.get(); }

 private:
  std::shared_ptr<x509_st> certificate_;
};

/// A self-signed authority that may sign end certificates only.
Result<Certificate> make_authority(const PrivateKey& key, std::string_view name, Validity validity);

/// A certificate request (PKCS #10 PEM) of `key`, signed by it.
Result<std::string> make_request(const PrivateKey& key, std::string_view common_name);
/// SHA-256 of the request's SubjectPublicKeyInfo, if it is well-formed, P-256 and signed by its
/// key.
Result<Hash> check_request(std::string_view request_pem);

struct Authority {
  Certificate certificate;
  PrivateKey key;
};
/// A client certificate for box `box`; of the request only the key is taken.
Result<Certificate> issue_box_certificate(const Authority& authority, std::string_view request_pem,
                                          std::string_view box, Validity validity);
/// A server certificate for `hosts`: names or addresses.
Result<Certificate> issue_server_certificate(const Authority& authority,
                                             std::string_view request_pem,
                                             std::span<const std::string> hosts, Validity validity);

}  // namespace yijuan::net
