// One TCP connection, with TLS or without. Every operation ends at once with AsyncErrc::cancelled
// in a cancelled task; whoever calls sets the timeouts. Private to net.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <memory>
#include <optional>

#include "net/http.hpp"
#include "net/tls_context.hpp"
#include "ports/byte_stream.hpp"

struct ssl_session_st;

namespace yijuan::net {

/// What a client keeps of a connection to be known again at the next one; null: nothing.
using Session = std::shared_ptr<ssl_session_st>;

class Connection : public ByteStream {
 public:
  /// TLS handshake, if any. NetErrc::untrusted says which check of the peer's certificate failed,
  /// to a client also that it was refused itself; NetErrc::bad_message to a server: not our TLS.
  virtual Task<void> handshake() = 0;
  /// At once, without a word.
  virtual void close() = 0;
  /// As far as the handshake proved it. After one that failed for the dates of the peer's
  /// certificate alone: the box that this certificate names.
  [[nodiscard]] virtual Peer remote() const = 0;
  /// The peer has ended it, or sent what nobody asked for: no request may go over it any more.
  [[nodiscard]] virtual bool over() = 0;
  /// Of a client, once it has read something.
  [[nodiscard]] virtual Session session() { return nullptr; }
  /// Whether the handshake went without certificates, by an earlier session.
  [[nodiscard]] virtual bool resumed() { return false; }
  /// Bytes sent and received, TLS records included.
  [[nodiscard]] virtual std::uint64_t wire_bytes() const = 0;
};

/// Looks the host up and connects to the first address that answers; no handshake yet.
Task<asio::ip::tcp::socket> connect_tcp(std::string host, std::string port);

std::unique_ptr<Connection> plain_connection(asio::ip::tcp::socket socket);
std::unique_ptr<Connection> server_connection(asio::ip::tcp::socket socket, TlsContext tls);
/// `host`: the name or address that the server's certificate must carry.
std::unique_ptr<Connection> client_connection(asio::ip::tcp::socket socket, TlsContext tls,
                                              const std::string& host, DateCheck dates,
                                              const Session& earlier = nullptr);

}  // namespace yijuan::net
