#include "net/http_client.hpp"

#include <array>
#include <boost/asio/ip/tcp.hpp>

#include "async/with_timeout.hpp"
#include "net/connection.hpp"
#include "net/errc.hpp"
#include "net/http_wire.hpp"

namespace yijuan::net {
namespace {

bool is_host(std::string_view host) {
  constexpr std::string_view kAllowed =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.:";
  return !host.empty() && host.size() <= 253 && host.find_first_not_of(kAllowed) == host.npos;
}

bool is_port(std::string_view port) {
  if (port.empty() || port.size() > 5 || port.find_first_not_of("0123456789") != port.npos) {
    return false;
  }
  const int number = std::stoi(std::string(port));
  return number >= 1 && number <= 65535;
}

}  // namespace

Result<ServerUrl> ServerUrl::parse(std::string_view url) {
  constexpr std::string_view kScheme = "https://";
  const Error bad(NetErrc::bad_address, "want https://host or https://host:port, not \"" +
                                            std::string(url.substr(0, 300)) + "\"");
  if (!url.starts_with(kScheme)) return bad;
  std::string_view rest = url.substr(kScheme.size());
  if (rest.ends_with('/')) rest.remove_suffix(1);
  std::string_view host = rest;
  std::string_view port = "443";
  if (rest.starts_with('[')) {  // an IPv6 address
    const std::size_t end = rest.find(']');
    if (end == rest.npos) return bad;
    host = rest.substr(1, end - 1);
    rest.remove_prefix(end + 1);
    if (!rest.empty() && !rest.starts_with(':')) return bad;
    if (!rest.empty()) port = rest.substr(1);
  } else if (const std::size_t colon = rest.find(':'); colon != rest.npos) {
    host = rest.substr(0, colon);
    port = rest.substr(colon + 1);
  }
  if (!is_host(host) || !is_port(port)) return bad;
  return ServerUrl{std::string(host), std::string(port)};
}

HttpClient::HttpClient(asio::any_io_executor executor, Clock& clock, TlsContext tls,
                       ServerUrl server, DateRule dates, Limits limits)
    : executor_(std::move(executor)),
      clock_(clock),
      tls_(std::move(tls)),
      server_(std::move(server)),
      dates_(std::move(dates)),
      limits_(limits) {}

HttpClient::~HttpClient() = default;

void HttpClient::close() {
  if (!connection_) return;
  past_wire_bytes_ += connection_->wire_bytes();
  connection_->close();
  connection_.reset();
}

std::uint64_t HttpClient::wire_bytes() const {
  return past_wire_bytes_ + (connection_ ? connection_->wire_bytes() : 0);
}

Task<HttpResponse> HttpClient::send(HttpRequest request, std::chrono::nanoseconds timeout) {
  auto response = co_await with_timeout(clock_, timeout, exchange(std::move(request)));
  // After a failure nobody knows what is still on its way: the next request starts afresh.
  if (!response) close();
  co_return response;
}

Task<void> HttpClient::connect() {
  auto socket = co_await connect_tcp(server_.host, server_.port);
  if (!socket) co_return socket.error();
  if (clock_.now() >= shown_ + TlsContext::kSessionLife) session_.reset();
  connection_ = client_connection(std::move(*socket), tls_, server_.host, dates_(),
                                  std::exchange(session_, nullptr));
  auto shaken = co_await connection_->handshake();
  if (shaken && !connection_->resumed()) shown_ = clock_.now();
  co_return shaken;
}

Task<HttpResponse> HttpClient::exchange(HttpRequest request) {
  // A server that needs its places for others closes what is idle; that is no failure.
  if (connection_ && connection_->over()) close();
  if (!connection_) {
    auto connected = co_await connect();
    if (!connected) co_return connected.error();
  }
  const bool ipv6 = server_.host.find(':') != std::string::npos;
  const std::string text = write_request(request, ipv6 ? "[" + server_.host + "]" : server_.host);
  auto written = co_await connection_->write(as_bytes(text));
  if (!written) co_return written.error();

  ResponseReader reader({limits_.header, limits_.body});
  Bytes pending;
  std::array<std::uint8_t, 8192> chunk;
  while (!reader.done()) {
    auto size = co_await connection_->read_some(chunk);
    if (!size) co_return size.error();
    pending.insert(pending.end(), chunk.begin(), chunk.begin() + static_cast<long>(*size));
    auto used = reader.feed(pending);
    if (!used) co_return used.error();
    pending.erase(pending.begin(), pending.begin() + static_cast<long>(*used));
    if (pending.size() > limits_.header + chunk.size()) co_return NetErrc::too_large;
  }
  session_ = connection_->session();
  const bool keep = reader.keep_alive() && pending.empty();
  HttpResponse response = reader.take();
  if (!keep || response.status < 200) close();
  co_return Result<HttpResponse>(std::move(response));
}

}  // namespace yijuan::net
