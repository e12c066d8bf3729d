// Listens on one address and hands requests to one handler. Every connection has limits: on its
// header, its body, the time it may be idle, the time one request may take. More connections than
// allowed wait in the kernel's queue, and idle ones are closed for them; a broken or slow peer
// costs its own connection and no more. Memory is bounded too: bodies above the bound together are
// thrown away as they come, and their senders told (503) to come back.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "async/clock.hpp"
#include "net/http.hpp"
#include "net/tls_context.hpp"

namespace yijuan::net {

/// An error becomes status 500 and a log line.
using HttpHandler = std::function<Task<HttpResponse>(HttpRequest)>;

/// Told of each connection that ended because its peer may not speak, or speaks otherwise than it
/// must: NetErrc::untrusted (its certificate), bad_message (no TLS, no HTTP), too_large,
/// AsyncErrc::timed_out (it began a handshake or a request and did not end it, or does not read).
/// Not of peers that go, or that have nothing to ask.
using OnRefused = std::function<void(const Peer& peer, const Error& why)>;

class HttpServer {
 public:
  struct Limits {
    std::size_t header = std::size_t{8} * 1024;
    std::size_t body = std::size_t{1024} * 1024;
    std::size_t connections = 512;
    std::size_t bodies = std::size_t{64} * 1024 * 1024;  // of all connections together
    /// For the handshake, and then again until the first request begins.
    std::chrono::milliseconds handshake = std::chrono::seconds(10);
    std::chrono::milliseconds idle = std::chrono::seconds(120);  // between two requests
    std::chrono::milliseconds request =
        std::chrono::seconds(30);  // to read one, and again to write its response
    std::chrono::milliseconds handler = std::chrono::seconds(30);  // to make the response
  };

  /// Without `tls` the listener speaks plain HTTP: for tests, or behind a proxy on one machine.
  HttpServer(const asio::any_io_executor& executor, Clock& clock, std::optional<TlsContext> tls,
             HttpHandler handler, Limits limits);
  HttpServer(const HttpServer&) = delete;
  ~HttpServer();

  /// "127.0.0.1:8443", "[::]:8443"; port 0 takes a free one. Before run().
  Result<void> listen(const std::string& address);
  /// Before run().
  void on_refused(OnRefused told);
  /// For the connections that come from now on. REQUIRES: it was made with TLS.
  void use(TlsContext tls);
  /// The port listened on.
  [[nodiscard]] unsigned port() const;
  /// Serves until cancelled; then requests in hand are finished (shielded, a few seconds) and all
  /// connections closed.
  Task<void> run();
  [[nodiscard]] std::size_t connections() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace yijuan::net
