#include "net/http_server.hpp"

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "async/cancellation.hpp"
#include "async/task_group.hpp"
#include "async/with_timeout.hpp"
#include "base/assert.hpp"
#include "base/log.hpp"
#include "net/connection.hpp"
#include "net/errc.hpp"
#include "net/http_wire.hpp"

namespace yijuan::net {
namespace {

using asio::ip::tcp;
constexpr std::chrono::milliseconds kFarewell{
    5000};  // for the answer to a request in hand at the stop
constexpr std::chrono::milliseconds kAcceptPause{200};

void log_connection_error(std::string_view name, const Error& error) {
  log_debug("http", std::string(name) + ": " + error.message());
}

/// "host:port" or "[host]:port".
Result<tcp::endpoint> parse_endpoint(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  const Error bad(NetErrc::bad_address, "want address:port, not \"" + text + "\"");
  if (colon == std::string::npos) return bad;
  std::string host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  boost::system::error_code error;
  const auto address = asio::ip::make_address(host, error);
  const std::string port = text.substr(colon + 1);
  if (error || port.empty() || port.size() > 5 ||
      port.find_first_not_of("0123456789") != std::string::npos || std::stoi(port) > 65535) {
    return bad;
  }
  return tcp::endpoint(address, static_cast<unsigned short>(std::stoi(port)));
}

}  // namespace

struct HttpServer::State {
  State(const asio::any_io_executor& loop, Clock& time, std::optional<TlsContext> context,
        HttpHandler handle, Limits bounds)
      : executor(loop),
        clock(time),
        tls(std::move(context)),
        handler(std::move(handle)),
        limits(bounds),
        acceptor(loop),
        ended(loop),
        group(loop, log_connection_error) {}

  Task<void> accept_all();
  Task<void> serve(std::shared_ptr<Connection> connection);
  Task<void> serve_requests(Connection& connection);
  Task<HttpRequest> read_request(Connection& connection, Bytes& pending, bool& keep_alive);
  Task<void> read_whole(Connection& connection, RequestReader& reader, Bytes& pending);
  asio::awaitable<HttpResponse> answer(HttpRequest request);

  asio::any_io_executor executor;
  Clock& clock;
  std::optional<TlsContext> tls;
  HttpHandler handler;
  Limits limits;
  tcp::acceptor acceptor;
  std::size_t open = 0;
  Event ended;  // a connection ended: there may be room again
  TaskGroup group;
};

HttpServer::HttpServer(const asio::any_io_executor& executor, Clock& clock,
                       std::optional<TlsContext> tls, HttpHandler handler, Limits limits)
    : state_(std::make_unique<State>(executor, clock, std::move(tls), std::move(handler), limits)) {
}

HttpServer::~HttpServer() = default;

Result<void> HttpServer::listen(const std::string& address) {
  auto endpoint = parse_endpoint(address);
  if (!endpoint) return endpoint.error();
  boost::system::error_code error;
  tcp::acceptor& acceptor = state_->acceptor;
  acceptor.open(endpoint->protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(*endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) return {NetErrc::local_failure, "listen on " + address + ": " + error.message()};
  return Result<void>();
}

void HttpServer::use(TlsContext tls) {
  YIJUAN_ASSERT(state_->tls.has_value(), "a plain listener stays plain");
  state_->tls = std::move(tls);
}

unsigned HttpServer::port() const {
  boost::system::error_code error;
  return state_->acceptor.local_endpoint(error).port();
}

std::size_t HttpServer::connections() const {
  return state_->open;
}

Task<void> HttpServer::run() {
  auto result = co_await state_->accept_all();
  boost::system::error_code ignored;
  state_->acceptor.close(ignored);
  co_await state_->group.cancel_and_join();
  co_return result;
}

Task<void> HttpServer::State::accept_all() {
  for (;;) {
    while (open >= limits.connections) {
      ended.clear();
      auto waited = co_await ended.wait();
      if (!waited) co_return waited.error();
    }
    const bool cancelled = co_await is_cancelled();
    if (cancelled) co_return AsyncErrc::cancelled;
    auto [error, socket] = co_await acceptor.async_accept(asio::as_tuple(asio::use_awaitable));
    if (error == asio::error::operation_aborted) co_return AsyncErrc::cancelled;
    if (error) {  // out of file descriptors, most likely: it passes when connections end
      log_warning("http", "accept: " + error.message());
      auto slept = co_await clock.sleep_for(kAcceptPause);
      if (!slept) co_return slept.error();
      continue;
    }
    boost::system::error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    std::shared_ptr<Connection> connection =
        tls ? server_connection(std::move(socket), *tls) : plain_connection(std::move(socket));
    ++open;
    std::string name = connection->remote().address;
    group.spawn(std::move(name), serve(std::move(connection)));
  }
}

Task<void> HttpServer::State::serve(std::shared_ptr<Connection> connection) {
  auto result = co_await with_timeout(clock, limits.handshake, connection->handshake());
  if (result) result = co_await serve_requests(*connection);
  connection->close();
  --open;
  ended.set();
  if (!result && result.error() == make_error_code(NetErrc::closed)) co_return Result<void>();
  co_return result;
}

Task<void> HttpServer::State::serve_requests(Connection& connection) {
  const Peer peer = connection.remote();
  Bytes pending;
  bool keep_alive = true;
  while (keep_alive) {
    auto request = co_await read_request(connection, pending, keep_alive);
    HttpResponse response;
    bool with_body = true;
    if (request) {
      request->peer = peer;
      with_body = request->method != "HEAD";
      // Neither a stop nor a lost peer cuts a handler short: what it began, it finishes.
      response = co_await answer(std::move(*request));
    } else if (request.error() == make_error_code(NetErrc::too_large)) {
      response = respond(413, "text/plain", "too large\n");
      keep_alive = false;
    } else if (request.error() == make_error_code(NetErrc::bad_message)) {
      response = respond(400, "text/plain", "not HTTP\n");
      keep_alive = false;
    } else {
      co_return request.error();
    }
    const bool stopping = co_await is_cancelled();
    keep_alive = keep_alive && !stopping;
    const std::string text = write_response(response, keep_alive, with_body);
    const auto limit = stopping ? kFarewell : limits.request;
    auto written = co_await shield(clock, limit, connection.write(as_bytes(text)));
    if (!written) co_return written.error();
  }
  co_return Result<void>();
}

Task<HttpRequest> HttpServer::State::read_request(Connection& connection, Bytes& pending,
                                                  bool& keep_alive) {
  RequestReader reader({limits.header, limits.body});
  std::array<std::uint8_t, 1> probe;
  if (pending.empty()) {  // idle: the first byte may take long, the rest may not
    auto first = co_await with_timeout(clock, limits.idle, connection.read_some(probe));
    if (!first) co_return first.error();
    pending.push_back(probe[0]);
  }
  auto whole =
      co_await with_timeout(clock, limits.request, read_whole(connection, reader, pending));
  if (!whole) co_return whole.error();
  keep_alive = reader.keep_alive();
  co_return Result<HttpRequest>(reader.take());
}

Task<void> HttpServer::State::read_whole(Connection& connection, RequestReader& reader,
                                         Bytes& pending) {
  std::array<std::uint8_t, 16384> chunk;
  bool continued = false;
  for (;;) {
    auto used = reader.feed(pending);
    if (!used) co_return used.error();
    pending.erase(pending.begin(), pending.begin() + static_cast<long>(*used));
    if (reader.done()) co_return Result<void>();
    if (pending.size() > limits.header + chunk.size()) co_return NetErrc::too_large;
    if (reader.wants_continue() && !continued) {
      continued = true;
      auto said = co_await connection.write(as_bytes("HTTP/1.1 100 Continue\r\n\r\n"));
      if (!said) co_return said.error();
    }
    auto size = co_await connection.read_some(chunk);
    if (!size) co_return size.error();
    pending.insert(pending.end(), chunk.begin(), chunk.begin() + static_cast<long>(*size));
  }
}

asio::awaitable<HttpResponse> HttpServer::State::answer(HttpRequest request) {
  const std::string what = request.method + ' ' + request.target.substr(0, 100);
  auto response = co_await shield(clock, limits.handler, handler(std::move(request)));
  if (response) co_return std::move(*response);
  log_error("http", what + ": " + response.error().message());
  co_return respond(500, "text/plain", "the server failed\n");
}

}  // namespace yijuan::net
