// One connection to one server, kept open between requests, one request at a time. A request that
// fails closes the connection; the next one opens a new one, as it does where the server has closed
// it meanwhile. Nothing is repeated by itself. A later connection is known by the session of the
// one before, for a while: then both sides show their certificates again.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "async/clock.hpp"
#include "net/http.hpp"
#include "net/tls_context.hpp"

struct ssl_session_st;

namespace yijuan::net {

class Connection;

/// "https://ledger.example.org:8443": host, port (443) and nothing after it.
struct ServerUrl {
  std::string host;
  std::string port;
  static Result<ServerUrl> parse(std::string_view url);
};

class HttpClient {
 public:
  struct Limits {
    std::size_t header = std::size_t{16} * 1024;
    std::size_t body = std::size_t{256} * 1024;
  };
  /// Asked at every new connection: how to judge dates now.
  using DateRule = std::function<DateCheck()>;

  HttpClient(asio::any_io_executor executor, Clock& clock, TlsContext tls, ServerUrl server,
             DateRule dates, Limits limits);
  HttpClient(const HttpClient&) = delete;
  ~HttpClient();

  /// Connects if needed, sends, and reads the whole response, within `timeout` altogether.
  /// NetErrc or AsyncErrc; a response of any status is a success here.
  Task<HttpResponse> send(HttpRequest request, std::chrono::nanoseconds timeout);
  void close();

  /// Bytes of TLS records sent and received so far, over all connections.
  [[nodiscard]] std::uint64_t wire_bytes() const;

 private:
  Task<void> connect();
  Task<HttpResponse> exchange(HttpRequest request);

  asio::any_io_executor executor_;
  Clock& clock_;
  TlsContext tls_;
  ServerUrl server_;
  DateRule dates_;
  Limits limits_;
  std::unique_ptr<Connection> connection_;
  std::shared_ptr<ssl_session_st> session_;
  Instant shown_{};  // when the server last showed its certificate
  std::uint64_t past_wire_bytes_ = 0;
};

}  // namespace yijuan::net
