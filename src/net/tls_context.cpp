#include "net/tls_context.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/ssl/context.hpp>

#include "net/certificate.hpp"
#include "net/errc.hpp"

namespace yijuan::net {
namespace {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;

constexpr long kMostSessions = 10'000;  // each of some 5 KB

/// TLS 1.3 alone, and no sessions unless remember_sessions().
std::shared_ptr<ssl::context> new_context(ssl::context::method method) {
  auto context = std::make_shared<ssl::context>(method);
  SSL_CTX* native = context->native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_3_VERSION);
  SSL_CTX_set_num_tickets(native, 0);
  SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
  return context;
}

/// After an outage of the network a box is known again without certificates and signatures: half
/// the work and a third of the bytes. TLS binds the session to both keys, and whether the box may
/// still speak is asked at every request.
void remember_sessions(SSL_CTX* context) {
  constexpr std::string_view kName = "boxes";
  SSL_CTX_set_session_id_context(context, reinterpret_cast<const unsigned char*>(kName.data()),
                                 kName.size());
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_SERVER);
  SSL_CTX_sess_set_cache_size(context, kMostSessions);
  SSL_CTX_set_timeout(context, TlsContext::kSessionLife.count());
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
  SSL_CTX_set_num_tickets(context, 1);
}

Result<void> use_own(SSL_CTX* context, const std::string& certificate_pem,
                     const std::string& key_pem) {
  auto certificate = Certificate::from_pem(certificate_pem);
  if (!certificate) return certificate.error();
  auto key = PrivateKey::from_pem(key_pem);
  if (!key) return key.error();
  if (!certificate->belongs_to(*key)) {
    return {NetErrc::bad_key, "key and certificate do not belong together"};
  }
  if (SSL_CTX_use_certificate(context, certificate->native()) != 1 ||
      SSL_CTX_use_PrivateKey(context, key->native()) != 1) {
    ERR_clear_error();
    return {NetErrc::bad_key, "TLS does not take this certificate"};
  }
  return Result<void>();
}

Result<void> trust_only(SSL_CTX* context, const std::string& authority_pem) {
  auto authority = Certificate::from_pem(authority_pem);
  if (!authority) return authority.error();
  if (X509_STORE_add_cert(SSL_CTX_get_cert_store(context), authority->native()) != 1) {
    ERR_clear_error();
    return {NetErrc::bad_key, "TLS does not take this authority"};
  }
  // The list of names that a server sends stays empty: a box has one certificate, and every byte
  // on its radio link is paid for.
  return Result<void>();
}

}  // namespace

DateCheck date_check(WallReading now, WallTime floor) {
  const bool believed = (now.quality == ClockQuality::ntp || now.quality == ClockQuality::ledger) &&
                        now.time >= floor;
  if (believed) return {DateCheck::Rule::valid_at, now.time};
  return {DateCheck::Rule::not_expired_before, floor};
}

Result<TlsContext> TlsContext::server(const Files& files) {
  auto context = new_context(ssl::context::tls_server);
  auto own = use_own(context->native_handle(), files.certificate, files.key);
  if (!own) return own.error();
  auto trust = trust_only(context->native_handle(), files.authority);
  if (!trust) return trust.error();
  SSL_CTX_set_verify(context->native_handle(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                     nullptr);
  remember_sessions(context->native_handle());
  return TlsContext(std::move(context));
}

Result<TlsContext> TlsContext::client(const Files& files) {
  auto context = new_context(ssl::context::tls_client);
  auto own = use_own(context->native_handle(), files.certificate, files.key);
  if (!own) return own.error();
  auto trust = trust_only(context->native_handle(), files.authority);
  if (!trust) return trust.error();
  SSL_CTX_set_verify(context->native_handle(), SSL_VERIFY_PEER, nullptr);
  return TlsContext(std::move(context));
}

Result<TlsContext> TlsContext::public_client(const std::string& authority) {
  auto context = new_context(ssl::context::tls_client);
  auto trust = trust_only(context->native_handle(), authority);
  if (!trust) return trust.error();
  SSL_CTX_set_verify(context->native_handle(), SSL_VERIFY_PEER, nullptr);
  return TlsContext(std::move(context));
}

Result<TlsContext> TlsContext::public_server(const std::string& certificate_chain,
                                             const std::string& key) {
  auto context = new_context(ssl::context::tls_server);
  boost::system::error_code error;
  context->use_certificate_chain(asio::buffer(certificate_chain), error);
  if (error) return {NetErrc::bad_key, "no certificate chain in PEM"};
  context->use_private_key(asio::buffer(key), ssl::context::pem, error);
  if (error) return {NetErrc::bad_key, "no private key that fits the certificate"};
  return TlsContext(std::move(context));
}

}  // namespace yijuan::net
