#include "net/certificate.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <array>
#include <ctime>

#include "base/ids.hpp"
#include "net/errc.hpp"

namespace yijuan::net {
namespace {

constexpr std::string_view kBoxUri = "urn:yijuan:box:";

struct Free {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(X509_REQ* request) const { X509_REQ_free(request); }
  void operator()(X509_EXTENSION* extension) const { X509_EXTENSION_free(extension); }
  void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
  void operator()(BIGNUM* number) const { BN_free(number); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

Owned<BIO> reader(std::string_view text) {
  return Owned<BIO>(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

std::string written(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return std::string(data, static_cast<std::size_t>(size));
}

/// PEM files here are small; OpenSSL takes lengths as int.
bool too_long(std::string_view pem) {
  return pem.size() > std::size_t{64} * 1024;
}

/// No key of ours has a pass phrase: without this OpenSSL would ask for one on the terminal.
int no_pass_phrase(char*, int, int, void*) {
  return -1;
}

bool is_p256(EVP_PKEY* key) {
  std::array<char, 64> group{};
  std::size_t length = 0;
  return key != nullptr && EVP_PKEY_is_a(key, "EC") == 1 &&
         EVP_PKEY_get_group_name(key, group.data(), group.size(), &length) == 1 &&
         std::string_view(group.data(), length) == "prime256v1";
}

Hash fingerprint(EVP_PKEY* key) {
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key, &der);
  const Hash hash =
      sha256(BytesView(der, size > 0 ? static_cast<std::size_t>(size) : std::size_t{0}));
  OPENSSL_free(der);
  return hash;
}

Result<Owned<X509_REQ>> read_request(std::string_view pem) {
  if (too_long(pem)) return {NetErrc::bad_key, "the certificate request is too long"};
  const auto bio = reader(pem);
  Owned<X509_REQ> request(PEM_read_bio_X509_REQ(bio.get(), nullptr, no_pass_phrase, nullptr));
  if (!request) return {NetErrc::bad_key, "no certificate request in PEM"};
  EVP_PKEY* key = X509_REQ_get0_pubkey(request.get());
  if (!is_p256(key)) return {NetErrc::bad_key, "the request's key is not P-256"};
  if (X509_REQ_verify(request.get(), key) != 1) {
    return {NetErrc::bad_key, "the request is not signed by its own key"};
  }
  return request;
}

bool set_name(X509_NAME* name, std::string_view common_name) {
  return X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                                    reinterpret_cast<const unsigned char*>(common_name.data()),
                                    static_cast<int>(common_name.size()), -1, 0) == 1;
}

/// `value` in the syntax of OpenSSL's configuration: never made from outside text unchecked.
bool add_extension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context{};
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const Owned<X509_EXTENSION> extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool set_time(ASN1_TIME* field, WallTime time) {
  return ASN1_TIME_adj(field, std::chrono::system_clock::to_time_t(time), 0, 0) != nullptr;
}

bool set_serial(X509* certificate) {
  std::array<unsigned char, 16> bytes{};
  if (RAND_bytes(bytes.data(), bytes.size()) != 1) return false;
  bytes[0] = static_cast<unsigned char>((bytes[0] & 0x3f) | 0x40);  // positive, 16 bytes
  const Owned<BIGNUM> number(BN_bin2bn(bytes.data(), bytes.size(), nullptr));
  return number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

std::shared_ptr<X509> begin_certificate(EVP_PKEY* subject_key, std::string_view common_name,
                                        Validity validity) {
  std::shared_ptr<X509> certificate(X509_new(), X509_free);
  const bool ok = certificate && X509_set_version(certificate.get(), 2) == 1 &&
                  set_serial(certificate.get()) &&
                  set_time(X509_getm_notBefore(certificate.get()), validity.from) &&
                  set_time(X509_getm_notAfter(certificate.get()), validity.to) &&
                  X509_set_pubkey(certificate.get(), subject_key) == 1 &&
                  set_name(X509_get_subject_name(certificate.get()), common_name);
  return ok ? certificate : nullptr;
}

struct EndCertificate {
  std::string_view common_name;
  std::string usage;             // extendedKeyUsage
  std::string alternative_name;  // subjectAltName
};

Result<Certificate> issue(const Authority& authority, std::string_view request_pem,
                          const EndCertificate& end, Validity validity) {
  auto request = read_request(request_pem);
  if (!request) return request.error();
  X509* issuer = authority.certificate.native();
  const auto certificate =
      begin_certificate(X509_REQ_get0_pubkey(request->get()), end.common_name, validity);
  const bool ok =
      certificate && X509_set_issuer_name(certificate.get(), X509_get_subject_name(issuer)) == 1 &&
      add_extension(certificate.get(), issuer, NID_basic_constraints, "critical,CA:FALSE") &&
      add_extension(certificate.get(), issuer, NID_key_usage, "critical,digitalSignature") &&
      add_extension(certificate.get(), issuer, NID_ext_key_usage, end.usage) &&
      add_extension(certificate.get(), issuer, NID_subject_alt_name, end.alternative_name) &&
      add_extension(certificate.get(), issuer, NID_subject_key_identifier, "hash") &&
      add_extension(certificate.get(), issuer, NID_authority_key_identifier, "keyid:always") &&
      X509_sign(certificate.get(), authority.key.native(), EVP_sha256()) > 0;
  if (!ok) return {NetErrc::bad_key, "the certificate could not be made"};
  return Certificate(certificate);
}

}  // namespace

Result<PrivateKey> PrivateKey::generate() {
  std::shared_ptr<EVP_PKEY> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  if (!key) return {NetErrc::local_failure, "no key could be made"};
  return PrivateKey(std::move(key));
}

Result<PrivateKey> PrivateKey::from_pem(std::string_view pem) {
  if (too_long(pem)) return {NetErrc::bad_key, "the key is too long"};
  const auto bio = reader(pem);
  std::shared_ptr<EVP_PKEY> key(
      PEM_read_bio_PrivateKey(bio.get(), nullptr, no_pass_phrase, nullptr), EVP_PKEY_free);
  if (!key) return {NetErrc::bad_key, "no private key in PEM"};
  if (!is_p256(key.get())) return {NetErrc::bad_key, "the key is not P-256"};
  return PrivateKey(std::move(key));
}

std::string PrivateKey::to_pem() const {
  const Owned<BIO> bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_PKCS8PrivateKey(bio.get(), key_.get(), nullptr, nullptr, 0, nullptr, nullptr);
  return written(bio.get());
}

Result<Certificate> Certificate::from_pem(std::string_view pem) {
  if (too_long(pem)) return {NetErrc::bad_key, "the certificate is too long"};
  const auto bio = reader(pem);
  std::shared_ptr<X509> certificate(PEM_read_bio_X509(bio.get(), nullptr, no_pass_phrase, nullptr),
                                    X509_free);
  if (!certificate) return {NetErrc::bad_key, "no certificate in PEM"};
  const std::shared_ptr<X509> second(PEM_read_bio_X509(bio.get(), nullptr, no_pass_phrase, nullptr),
                                     X509_free);
  if (second) return {NetErrc::bad_key, "more than one certificate"};
  if (X509_get0_pubkey(certificate.get()) == nullptr) {
    return {NetErrc::bad_key, "the certificate's key cannot be read"};
  }
  return Certificate(std::move(certificate));
}

std::string Certificate::to_pem() const {
  const Owned<BIO> bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(bio.get(), certificate_.get());
  return written(bio.get());
}

Hash Certificate::key_fingerprint() const {
  return fingerprint(X509_get0_pubkey(certificate_.get()));
}

std::optional<std::string> Certificate::box() const {
  const Owned<GENERAL_NAMES> names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate_.get(), NID_subject_alt_name, nullptr, nullptr)));
  if (!names) return std::nullopt;
  std::optional<std::string> box;
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type != GEN_URI) continue;
    const ASN1_IA5STRING* uri = name->d.uniformResourceIdentifier;
    const std::string_view text(reinterpret_cast<const char*>(ASN1_STRING_get0_data(uri)),
                                static_cast<std::size_t>(ASN1_STRING_length(uri)));
    if (!text.starts_with(kBoxUri) || !is_box_id(text.substr(kBoxUri.size()))) continue;
    if (box) return std::nullopt;
    box = std::string(text.substr(kBoxUri.size()));
  }
  return box;
}

Validity Certificate::validity() const {
  const auto read = [](const ASN1_TIME* field) {
    std::tm parts{};
    if (ASN1_TIME_to_tm(field, &parts) != 1) return WallTime{};
    return WallTime(std::chrono::seconds(timegm(&parts)));
  };
  return {read(X509_get0_notBefore(certificate_.get())),
          read(X509_get0_notAfter(certificate_.get()))};
}

bool Certificate::belongs_to(const PrivateKey& key) const {
  return EVP_PKEY_eq(X509_get0_pubkey(certificate_.get()), key.native()) == 1;
}

bool Certificate::signed_by(const Certificate& authority) const {
  return X509_verify(certificate_.get(), X509_get0_pubkey(authority.native())) == 1;
}

Result<Certificate> make_authority(const PrivateKey& key, std::string_view name,
                                   Validity validity) {
  const auto certificate = begin_certificate(key.native(), name, validity);
  const bool ok =
      certificate &&
      X509_set_issuer_name(certificate.get(), X509_get_subject_name(certificate.get())) == 1 &&
      add_extension(certificate.get(), certificate.get(), NID_basic_constraints,
                    "critical,CA:TRUE,pathlen:0") &&
      add_extension(certificate.get(), certificate.get(), NID_key_usage,
                    "critical,keyCertSign,cRLSign") &&
      add_extension(certificate.get(), certificate.get(), NID_subject_key_identifier, "hash") &&
      X509_sign(certificate.get(), key.native(), EVP_sha256()) > 0;
  if (!ok) return {NetErrc::bad_key, "the authority's certificate could not be made"};
  return Certificate(certificate);
}

Result<std::string> make_request(const PrivateKey& key, std::string_view common_name) {
  const Owned<X509_REQ> request(X509_REQ_new());
  const bool ok = request && X509_REQ_set_version(request.get(), 0) == 1 &&
                  set_name(X509_REQ_get_subject_name(request.get()), common_name) &&
                  X509_REQ_set_pubkey(request.get(), key.native()) == 1 &&
                  X509_REQ_sign(request.get(), key.native(), EVP_sha256()) > 0;
  if (!ok) return {NetErrc::bad_key, "the certificate request could not be made"};
  const Owned<BIO> bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509_REQ(bio.get(), request.get());
  return written(bio.get());
}

Result<Hash> check_request(std::string_view request_pem) {
  auto request = read_request(request_pem);
  if (!request) return request.error();
  return fingerprint(X509_REQ_get0_pubkey(request->get()));
}

Result<Certificate> issue_box_certificate(const Authority& authority, std::string_view request_pem,
                                          std::string_view box, Validity validity) {
  if (!is_box_id(box)) return {NetErrc::bad_key, "this is not a box id"};
  return issue(authority, request_pem,
               {box, "clientAuth", "URI:" + std::string(kBoxUri) + std::string(box)}, validity);
}

Result<Certificate> issue_server_certificate(const Authority& authority,
                                             std::string_view request_pem,
                                             std::span<const std::string> hosts,
                                             Validity validity) {
  std::string names;
  for (const std::string& host : hosts) {
    // Nothing but what a name or an address is made of: the rest means something to OpenSSL.
    constexpr std::string_view kAllowed =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.:";
    if (host.empty() || host.size() > 253 || host.find_first_not_of(kAllowed) != host.npos) {
      return {NetErrc::bad_address, "not a host name or address: " + host};
    }
    const bool address =
        host.find(':') != host.npos || host.find_first_not_of("0123456789.") == host.npos;
    names += (names.empty() ? "" : ",") + std::string(address ? "IP:" : "DNS:") + host;
  }
  if (names.empty()) return {NetErrc::bad_address, "a server certificate needs a host"};
  return issue(authority, request_pem, {"yijuan ledger", "serverAuth", names}, validity);
}

}  // namespace yijuan::net
