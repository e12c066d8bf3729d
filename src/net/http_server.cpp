#include "net/http_server.hpp"

#include <netinet/tcp.h>

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
#include "net/room.hpp"

namespace yijuan::net {
namespace {

using asio::ip::tcp;
constexpr std::chrono::milliseconds kFarewell{
    5000};  // for the answer to a request in hand at the stop
constexpr std::chrono::milliseconds kAcceptPause{200};
constexpr const char* kComeBack = "2";  // seconds

void log_connection_error(std::string_view name, const Error& error) {
  log_debug("http", std::string(name) + ": " + error.message());
}

/// Whether the peer has gone while it waited for its turn. Its handshake would take as much time as
/// that of a box that still waits, and where many wait long, there would be no time for others.
bool has_gone(tcp::socket& socket) {
  tcp_info info{};
  socklen_t size = sizeof info;
  const int got = ::getsockopt(socket.native_handle(), IPPROTO_TCP, TCP_INFO, &info, &size);
  return got == 0 && info.tcpi_state != TCP_ESTABLISHED;
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
        room(loop, bounds.connections, bounds.bodies),
        group(loop, log_connection_error) {}

  Task<void> accept_all();
  Task<void> serve(std::shared_ptr<Connection> connection);
  Task<void> serve_requests(Connection& connection, const Peer& peer);
  void refused(const Peer& peer, const Error& why);
  Task<void> wait_for_request(Connection& connection, Bytes& pending, bool first);
  Task<HttpRequest> read_request(Connection& connection, Bytes& pending, Room::Share& share,
                                 bool& keep_alive);
  Task<void> read_whole(Connection& connection, RequestReader& reader, Bytes& pending,
                        Room::Share& share);
  asio::awaitable<HttpResponse> answer(HttpRequest request);

  asio::any_io_executor executor;
  Clock& clock;
  std::optional<TlsContext> tls;
  HttpHandler handler;
  Limits limits;
  OnRefused told_refused;
  tcp::acceptor acceptor;
  Room room;
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
  if (error) return {NetErrc::cannot_listen, address + ": " + error.message()};
  return Result<void>();
}

void HttpServer::on_refused(OnRefused told) {
  state_->told_refused = std::move(told);
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
  return state_->room.inside();
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
    auto entered = co_await room.enter();
    if (!entered) co_return entered;
    if (has_gone(socket)) {
      room.leave();
      continue;
    }
    std::shared_ptr<Connection> connection =
        tls ? server_connection(std::move(socket), *tls) : plain_connection(std::move(socket));
    std::string name = connection->remote().address;
    group.spawn(std::move(name), serve(std::move(connection)));
  }
}

Task<void> HttpServer::State::serve(std::shared_ptr<Connection> connection) {
  auto result = co_await with_timeout(clock, limits.handshake, connection->handshake());
  const Peer peer = connection->remote();
  if (result) result = co_await serve_requests(*connection, peer);
  connection->close();
  room.leave();
  if (result || result.error() == make_error_code(NetErrc::closed)) co_return Result<void>();
  if (result.error() != make_error_code(AsyncErrc::cancelled)) refused(peer, result.error());
  co_return result;
}

void HttpServer::State::refused(const Peer& peer, const Error& why) {
  if (told_refused) told_refused(peer, why);
}

Task<void> HttpServer::State::serve_requests(Connection& connection, const Peer& peer) {
  Bytes pending;
  bool keep_alive = true;
  for (bool first = true; keep_alive; first = false) {
    auto begun = co_await wait_for_request(connection, pending, first);
    if (!begun) co_return begun;
    Room::Share share(room);
    auto request = co_await read_request(connection, pending, share, keep_alive);
    HttpResponse response;
    bool with_body = true;
    if (request) {
      request->peer = peer;
      with_body = request->method != "HEAD";
      // Neither a stop nor a lost peer cuts a handler short: what it began, it finishes.
      response = co_await answer(std::move(*request));
    } else if (request.error() == make_error_code(NetErrc::busy)) {
      response = respond(503, "text/plain", "busy\n");
      response.fields.emplace_back("retry-after", kComeBack);
    } else if (request.error() == make_error_code(NetErrc::too_large)) {
      refused(peer, request.error());
      response = respond(413, "text/plain", "too large\n");
      keep_alive = false;
    } else if (request.error() == make_error_code(NetErrc::bad_message)) {
      refused(peer, request.error());
      response = respond(400, "text/plain", "not HTTP\n");
      keep_alive = false;
    } else {
      co_return request.error();
    }
    const bool stopping = co_await is_cancelled();
    keep_alive = keep_alive && !stopping && !room.crowded();
    const std::string text = write_response(response, keep_alive, with_body);
    const auto limit = stopping ? kFarewell : limits.request;
    auto written = co_await shield(clock, limit, connection.write(as_bytes(text)));
    if (!written) co_return written.error();
  }
  co_return Result<void>();
}

/// The first byte may take long, the rest may not. Who has no answer yet does not give way to
/// others: where many wait at the door, nobody would get one.
Task<void> HttpServer::State::wait_for_request(Connection& connection, Bytes& pending, bool first) {
  if (!pending.empty()) co_return Result<void>();
  std::array<std::uint8_t, 1> probe;
  std::optional<Room::Rest> rest;
  if (!first) rest.emplace(room, connection);
  const auto limit = first ? std::min(limits.handshake, limits.idle) : limits.idle;
  auto size = co_await with_timeout(clock, limit, connection.read_some(probe));
  if (!size && size.error() == make_error_code(AsyncErrc::timed_out)) {
    co_return Error(NetErrc::closed, "nothing was asked");
  }
  if (!size) co_return size.error();
  pending.push_back(probe[0]);
  co_return Result<void>();
}

Task<HttpRequest> HttpServer::State::read_request(Connection& connection, Bytes& pending,
                                                  Room::Share& share, bool& keep_alive) {
  RequestReader reader({limits.header, limits.body});
  auto whole =
      co_await with_timeout(clock, limits.request, read_whole(connection, reader, pending, share));
  const bool busy = !whole && whole.error() == make_error_code(NetErrc::busy);
  if (!whole && !busy) co_return whole.error();
  keep_alive = reader.keep_alive();
  if (busy) co_return NetErrc::busy;
  co_return Result<HttpRequest>(reader.take());
}

/// A body for which there is no room is read to its end all the same, and dropped: an answer sent
/// before that would be lost with the connection.
Task<void> HttpServer::State::read_whole(Connection& connection, RequestReader& reader,
                                         Bytes& pending, Room::Share& share) {
  std::array<std::uint8_t, 16384> chunk;
  bool continued = false;
  std::optional<bool> fits;  // known with the header
  for (;;) {
    auto used = reader.feed(pending);
    if (!used) co_return used.error();
    pending.erase(pending.begin(), pending.begin() + static_cast<long>(*used));
    if (!fits && reader.header_done()) fits = share.take(reader.longest_body());
    if (fits == false) reader.drop_body();
    if (reader.done() && fits == false) co_return NetErrc::busy;
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
