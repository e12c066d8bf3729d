#include "net/connection.hpp"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "async/cancellation.hpp"
#include "base/assert.hpp"
#include "net/certificate.hpp"
#include "net/errc.hpp"

namespace yijuan::net {
namespace {

using asio::ip::tcp;
using boost::system::error_code;
constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);
using TlsStream = asio::ssl::stream<tcp::socket>;

/// What a failed read or write means to the caller.
Error link_error(const error_code& error) {
  if (error == asio::error::operation_aborted) return AsyncErrc::cancelled;
  if (error == asio::error::eof || error == asio::ssl::error::stream_truncated) {
    return NetErrc::closed;
  }
  // An alert: in TLS 1.3 a client learns of its own refusal only when it reads.
  if (error.category() == asio::error::get_ssl_category()) {
    return {NetErrc::untrusted, error.message()};
  }
  return {NetErrc::closed, error.message()};
}

std::string address_of(const tcp::socket& socket) {
  error_code error;
  const tcp::endpoint remote = socket.remote_endpoint(error);
  if (error) return "?";
  const std::string host = remote.address().to_string();
  return (remote.address().is_v6() ? "[" + host + "]" : host) + ":" + std::to_string(remote.port());
}

/// Whether an idle socket has something to read, be it only its end.
bool readable(tcp::socket& socket) {
  std::uint8_t byte = 0;
  const auto size = ::recv(socket.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return size >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
}

/// Whether a certificate had not ended at `floor`.
bool lives_at(X509_STORE_CTX* store, WallTime floor) {
  const X509* certificate = X509_STORE_CTX_get_current_cert(store);
  if (certificate == nullptr) return false;
  std::time_t time = std::chrono::system_clock::to_time_t(floor);
  if (X509_cmp_time(X509_get0_notAfter(certificate), &time) > 0) return true;
  X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_HAS_EXPIRED);
  return false;
}

Peer peer_of(X509* certificate, std::string address) {
  X509_up_ref(certificate);
  const Certificate shown(std::shared_ptr<X509>(certificate, X509_free));
  return {shown.box().value_or(""), std::move(address), shown.key_fingerprint()};
}

/// Whether nothing but its dates is wrong with the certificate shown: its signature is looked at
/// before them.
bool only_out_of_dates(X509_STORE_CTX* store) {
  const int error = X509_STORE_CTX_get_error(store);
  return X509_STORE_CTX_get_error_depth(store) == 0 &&
         (error == X509_V_ERR_CERT_HAS_EXPIRED || error == X509_V_ERR_CERT_NOT_YET_VALID);
}

void check_server(TlsStream& stream, const std::string& host, DateCheck dates) {
  X509_VERIFY_PARAM* rules = SSL_get0_param(stream.native_handle());
  error_code not_an_address;
  asio::ip::make_address(host, not_an_address);
  const int named = not_an_address ? X509_VERIFY_PARAM_set1_host(rules, host.data(), host.size())
                                   : X509_VERIFY_PARAM_set1_ip_asc(rules, host.c_str());
  YIJUAN_ASSERT(named == 1, "the server's name can be checked");
  if (not_an_address) SSL_set_tlsext_host_name(stream.native_handle(), host.c_str());
  X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  if (dates.rule == DateCheck::Rule::valid_at) {
    X509_VERIFY_PARAM_set_time(rules, std::chrono::system_clock::to_time_t(dates.time));
    return;
  }
  X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_NO_CHECK_TIME);
  stream.set_verify_callback([floor = dates.time](bool good, asio::ssl::verify_context& context) {
    return good && lives_at(context.native_handle(), floor);
  });
}

class PlainConnection : public Connection {
 public:
  explicit PlainConnection(tcp::socket socket)
      : socket_(std::move(socket)), address_(address_of(socket_)) {}

  Task<void> handshake() override { co_return Result<void>(); }

  Task<std::size_t> read_some(std::span<std::uint8_t> buffer) override {
    const bool cancelled = co_await is_cancelled();
    if (cancelled) co_return AsyncErrc::cancelled;
    const auto [error, size] =
        co_await socket_.async_read_some(asio::buffer(buffer.data(), buffer.size()), kAwait);
    bytes_ += size;
    if (error) co_return link_error(error);
    co_return Result<std::size_t>(size);
  }

  Task<void> write(BytesView bytes) override {
    const bool cancelled = co_await is_cancelled();
    if (cancelled) co_return AsyncErrc::cancelled;
    const auto [error, size] =
        co_await asio::async_write(socket_, asio::buffer(bytes.data(), bytes.size()), kAwait);
    bytes_ += size;
    if (error) co_return link_error(error);
    co_return Result<void>();
  }

  void discard_input() override {}

  void close() override {
    error_code ignored;
    socket_.close(ignored);
  }

  [[nodiscard]] Peer remote() const override { return {{}, address_, {}}; }
  [[nodiscard]] bool over() override { return readable(socket_); }
  [[nodiscard]] std::uint64_t wire_bytes() const override { return bytes_; }

 private:
  tcp::socket socket_;
  std::string address_;
  std::uint64_t bytes_ = 0;
};

class TlsConnection : public Connection {
 public:
  TlsConnection(tcp::socket socket, TlsContext tls, asio::ssl::stream_base::handshake_type side)
      : address_(address_of(socket)),
        tls_(std::move(tls)),
        stream_(std::move(socket), tls_.native()),
        side_(side) {}

  TlsStream& stream() { return stream_; }

  /// The client's certificate must be of our authority, and in its dates by this machine's clock.
  void check_client() {
    stream_.set_verify_callback([this](bool good, asio::ssl::verify_context& context) {
      X509_STORE_CTX* store = context.native_handle();
      if (!good && only_out_of_dates(store)) {
        out_of_dates_ = peer_of(X509_STORE_CTX_get_current_cert(store), address_);
      }
      return good;
    });
  }

  Task<void> handshake() override {
    const bool cancelled = co_await is_cancelled();
    if (cancelled) co_return AsyncErrc::cancelled;
    const auto [error] = co_await stream_.async_handshake(side_, kAwait);
    if (!error) {
      shaken_ = true;
      co_return still_valid();
    }
    const long verdict = SSL_get_verify_result(stream_.native_handle());
    if (verdict != X509_V_OK) {
      co_return Error(NetErrc::untrusted, X509_verify_cert_error_string(verdict));
    }
    co_return broken(error);
  }

  Task<std::size_t> read_some(std::span<std::uint8_t> buffer) override {
    const bool cancelled = co_await is_cancelled();
    if (cancelled) co_return AsyncErrc::cancelled;
    const auto [error, size] =
        co_await stream_.async_read_some(asio::buffer(buffer.data(), buffer.size()), kAwait);
    if (error) co_return broken(error);
    co_return Result<std::size_t>(size);
  }

  Task<void> write(BytesView bytes) override {
    const bool cancelled = co_await is_cancelled();
    if (cancelled) co_return AsyncErrc::cancelled;
    const auto [error, size] =
        co_await asio::async_write(stream_, asio::buffer(bytes.data(), bytes.size()), kAwait);
    if (error) co_return broken(error);
    co_return Result<void>();
  }

  void discard_input() override {}

  void close() override {
    // TLS forgets a session whose connection ends without a word; here all end so.
    if (shaken_) {
      SSL_set_shutdown(stream_.native_handle(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    }
    error_code ignored;
    stream_.lowest_layer().close(ignored);
  }

  [[nodiscard]] Peer remote() const override {
    if (out_of_dates_) return *out_of_dates_;
    // A connection whose certificate was not verified never gets past the handshake.
    TlsStream& stream = const_cast<TlsStream&>(stream_);
    X509* shown = SSL_get0_peer_certificate(stream.native_handle());
    return shown == nullptr ? Peer{{}, address_, {}} : peer_of(shown, address_);
  }

  [[nodiscard]] bool over() override { return readable(stream_.next_layer()); }

  [[nodiscard]] Session session() override {
    const Session kept(SSL_get1_session(stream_.native_handle()), SSL_SESSION_free);
    return kept && SSL_SESSION_is_resumable(kept.get()) == 1 ? kept : nullptr;
  }

  [[nodiscard]] bool resumed() override { return SSL_session_reused(stream_.native_handle()) == 1; }

  [[nodiscard]] std::uint64_t wire_bytes() const override {
    SSL* ssl = const_cast<TlsStream&>(stream_).native_handle();
    return BIO_number_read(SSL_get_rbio(ssl)) + BIO_number_written(SSL_get_wbio(ssl));
  }

 private:
  /// A box learns of its own refusal when it reads; to a server it is noise.
  [[nodiscard]] Error broken(const error_code& error) const {
    Error what = link_error(error);
    const bool server = side_ == asio::ssl::stream_base::server;
    if (!server || what != make_error_code(NetErrc::untrusted)) return what;
    return {NetErrc::bad_message, error.message()};
  }
  /// A box's certificate may have ended since it was shown.
  Result<void> still_valid() {
    if (side_ == asio::ssl::stream_base::client || !resumed()) return {};
    const std::unique_ptr<X509, decltype(&X509_free)> shown(
        SSL_get1_peer_certificate(stream_.native_handle()), X509_free);
    if (shown && X509_cmp_current_time(X509_get0_notAfter(shown.get())) > 0) return {};
    return {NetErrc::untrusted, X509_verify_cert_error_string(X509_V_ERR_CERT_HAS_EXPIRED)};
  }

  std::string address_;
  std::optional<Peer> out_of_dates_;
  TlsContext tls_;
  TlsStream stream_;
  asio::ssl::stream_base::handshake_type side_;
  bool shaken_ = false;
};

}  // namespace

Task<tcp::socket> connect_tcp(std::string host, std::string port) {
  const bool cancelled = co_await is_cancelled();
  if (cancelled) co_return AsyncErrc::cancelled;
  const auto executor = co_await asio::this_coro::executor;
  tcp::resolver resolver(executor);
  const auto [lookup, addresses] = co_await resolver.async_resolve(host, port, kAwait);
  const bool stopped = co_await is_cancelled();
  if (stopped) co_return AsyncErrc::cancelled;
  if (lookup) co_return Error(NetErrc::unreachable, host + ": " + lookup.message());
  tcp::socket socket(executor);
  const auto [error, endpoint] = co_await asio::async_connect(socket, addresses, kAwait);
  if (error == asio::error::operation_aborted) co_return AsyncErrc::cancelled;
  if (error) co_return Error(NetErrc::unreachable, host + ":" + port + ": " + error.message());
  error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  co_return Result<tcp::socket>(std::move(socket));
}

std::unique_ptr<Connection> plain_connection(tcp::socket socket) {
  return std::make_unique<PlainConnection>(std::move(socket));
}

std::unique_ptr<Connection> server_connection(tcp::socket socket, TlsContext tls) {
  auto connection = std::make_unique<TlsConnection>(std::move(socket), std::move(tls),
                                                    asio::ssl::stream_base::server);
  connection->check_client();
  return connection;
}

std::unique_ptr<Connection> client_connection(tcp::socket socket, TlsContext tls,
                                              const std::string& host, DateCheck dates,
                                              const Session& earlier) {
  auto connection = std::make_unique<TlsConnection>(std::move(socket), std::move(tls),
                                                    asio::ssl::stream_base::client);
  check_server(connection->stream(), host, dates);
  if (earlier) SSL_set_session(connection->stream().native_handle(), earlier.get());
  return connection;
}

}  // namespace yijuan::net
