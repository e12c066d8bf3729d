#include "net/control_socket.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cerrno>
#include <cstring>

#include "async/cancellation.hpp"
#include "async/task_group.hpp"
#include "async/with_timeout.hpp"
#include "base/log.hpp"
#include "io/owner.hpp"
#include "net/errc.hpp"

namespace yijuan::net {
namespace {

namespace json = boost::json;
using Socket = asio::local::stream_protocol::socket;
constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kLongestLine = std::size_t{1024} * 1024;
constexpr std::size_t kMostConnections = 16;
constexpr std::chrono::seconds kRequestLine{10};
constexpr std::chrono::milliseconds kAcceptPause{200};

Result<ControlPeer> peer_of(int descriptor) {
  ucred credentials{};
  socklen_t size = sizeof credentials;
  if (getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) {
    return {NetErrc::local_failure, "who is asking is not known"};
  }
  const bool owner = credentials.uid == 0 || credentials.uid == geteuid();
  return ControlPeer{credentials.uid, user_name(credentials.uid),
                     owner ? ControlRole::owner : ControlRole::member};
}

Result<ControlRequest> parse_request(std::string_view line, ControlPeer peer) {
  json::error_code error;
  const json::value value = json::parse({line.data(), line.size()}, error);
  if (error || !value.is_object()) return {NetErrc::bad_message, "not a JSON object"};
  const json::value* command = value.get_object().if_contains("command");
  if (command == nullptr || !command->is_string()) return {NetErrc::bad_message, "no command"};
  ControlRequest request{std::string(command->get_string()), {}, std::move(peer)};
  if (const json::value* arguments = value.get_object().if_contains("arguments")) {
    if (!arguments->is_object()) return {NetErrc::bad_message, "arguments are no object"};
    request.arguments = arguments->get_object();
  }
  return request;
}

Task<void> send_line(Socket& socket, std::string_view key, json::value value) {
  const bool cancelled = co_await is_cancelled();
  if (cancelled) co_return AsyncErrc::cancelled;
  const std::string line = json::serialize(json::object{{key, std::move(value)}}) + '\n';
  const auto [error, size] = co_await asio::async_write(socket, asio::buffer(line), kAwait);
  if (error == asio::error::operation_aborted) co_return AsyncErrc::cancelled;
  if (error) co_return NetErrc::closed;
  co_return Result<void>();
}

Task<std::string> read_line(Socket& socket) {
  const bool cancelled = co_await is_cancelled();
  if (cancelled) co_return AsyncErrc::cancelled;
  std::string text;
  const auto [error, size] = co_await asio::async_read_until(
      socket, asio::dynamic_buffer(text, kLongestLine), '\n', kAwait);
  if (error == asio::error::operation_aborted) co_return AsyncErrc::cancelled;
  if (error == asio::error::not_found) co_return NetErrc::too_large;
  if (error) co_return NetErrc::closed;
  text.resize(size - 1);
  co_return Result<std::string>(std::move(text));
}

class SocketProgress : public ControlProgress {
 public:
  SocketProgress(Socket& socket, Clock& clock) : socket_(socket), clock_(clock) {}
  // Whoever asks and does not read must not keep the command waiting.
  Task<void> send(json::object progress) override {
    return with_timeout(clock_, kRequestLine, send_line(socket_, "progress", std::move(progress)));
  }

 private:
  Socket& socket_;
  Clock& clock_;
};

void log_control_error(std::string_view /*name*/, const Error& error) {
  log_debug("control", error.message());
}

Result<sockaddr_un> unix_address(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof address.sun_path) {
    return {NetErrc::bad_address, "a socket's path has 1 to 107 characters: " + path};
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  return address;
}

/// Closes a descriptor of the blocking side.
struct Closer {
  int descriptor;
  ~Closer() { ::close(descriptor); }
};

Result<int> connect_blocking(const std::string& path, std::chrono::seconds timeout) {
  const auto address = unix_address(path);
  if (!address) return address.error();
  const int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return {NetErrc::local_failure, std::strerror(errno)};
  const timeval limit{timeout.count(), 0};
  setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  if (::connect(descriptor, reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0) {
    const std::string why = std::strerror(errno);
    ::close(descriptor);
    return {NetErrc::unreachable, path + ": " + why};
  }
  return descriptor;
}

/// The next line of the daemon; `rest` keeps what came after it.
Result<std::string> receive_line(int descriptor, std::string& rest) {
  std::array<char, 8192> chunk;
  for (;;) {
    if (const std::size_t end = rest.find('\n'); end != std::string::npos) {
      std::string line = rest.substr(0, end);
      rest.erase(0, end + 1);
      return line;
    }
    if (rest.size() > 64 * kLongestLine) return NetErrc::too_large;
    const ssize_t size = ::recv(descriptor, chunk.data(), chunk.size(), 0);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return AsyncErrc::timed_out;
    if (size <= 0) return {NetErrc::closed, "the daemon ended without an answer"};
    rest.append(chunk.data(), static_cast<std::size_t>(size));
  }
}

}  // namespace

struct ControlServer::State {
  State(const asio::any_io_executor& loop, Clock& time, ControlHandler handle,
        std::chrono::seconds limit)
      : clock(time),
        handler(std::move(handle)),
        timeout(limit),
        acceptor(loop),
        ended(loop),
        group(loop, log_control_error) {}

  Task<void> accept_all();
  Task<void> serve(std::shared_ptr<Socket> socket);
  Task<void> serve_request(Socket& socket);

  Clock& clock;
  ControlHandler handler;
  std::chrono::seconds timeout;
  asio::local::stream_protocol::acceptor acceptor;
  std::string path;
  std::size_t open = 0;
  Event ended;
  TaskGroup group;
};

ControlServer::ControlServer(const asio::any_io_executor& executor, Clock& clock,
                             ControlHandler handler, std::chrono::seconds timeout)
    : state_(std::make_unique<State>(executor, clock, std::move(handler), timeout)) {}

ControlServer::~ControlServer() {
  if (!state_->path.empty()) ::unlink(state_->path.c_str());
}

Result<void> ControlServer::listen(const std::string& path) {
  const auto address = unix_address(path);
  if (!address) return address.error();
  if (const auto other = connect_blocking(path, std::chrono::seconds(1))) {
    ::close(*other);
    return {NetErrc::refused, "another daemon listens on " + path};
  }
  struct stat status{};
  if (::lstat(path.c_str(), &status) == 0 && S_ISSOCK(status.st_mode)) ::unlink(path.c_str());
  boost::system::error_code error;
  auto& acceptor = state_->acceptor;
  acceptor.open(asio::local::stream_protocol(), error);
  // Nobody else can connect between bind and chmod: the mask makes it 0600 at first.
  const mode_t mask = ::umask(0177);
  if (!error) acceptor.bind(asio::local::stream_protocol::endpoint(path), error);
  ::umask(mask);
  if (error) return {NetErrc::local_failure, "socket " + path + ": " + error.message()};
  state_->path = path;
  if (::chmod(path.c_str(), 0660) != 0) return {NetErrc::local_failure, std::strerror(errno)};
  acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) return {NetErrc::local_failure, "socket " + path + ": " + error.message()};
  return Result<void>();
}

Task<void> ControlServer::run() {
  auto result = co_await state_->accept_all();
  boost::system::error_code ignored;
  state_->acceptor.close(ignored);
  co_await state_->group.cancel_and_join();
  co_return result;
}

Task<void> ControlServer::State::accept_all() {
  for (;;) {
    while (open >= kMostConnections) {
      ended.clear();
      auto waited = co_await ended.wait();
      if (!waited) co_return waited.error();
    }
    const bool cancelled = co_await is_cancelled();
    if (cancelled) co_return AsyncErrc::cancelled;
    auto [error, socket] = co_await acceptor.async_accept(kAwait);
    if (error == asio::error::operation_aborted) co_return AsyncErrc::cancelled;
    if (error) {
      log_warning("control", "accept: " + error.message());
      auto slept = co_await clock.sleep_for(kAcceptPause);
      if (!slept) co_return slept.error();
      continue;
    }
    ++open;
    group.spawn("request", serve(std::make_shared<Socket>(std::move(socket))));
  }
}

Task<void> ControlServer::State::serve(std::shared_ptr<Socket> socket) {
  auto result = co_await with_timeout(clock, timeout, serve_request(*socket));
  --open;
  ended.set();
  co_return result;
}

/// What the other side shows; it says "refused" by itself.
std::string words_of(const Error& error) {
  return error == NetErrc::refused && !error.detail().empty() ? error.detail() : error.message();
}

Task<void> ControlServer::State::serve_request(Socket& socket) {
  auto peer = peer_of(socket.native_handle());
  if (!peer) co_return peer.error();
  auto line = co_await with_timeout(clock, kRequestLine, read_line(socket));
  if (!line) co_return line.error();
  auto request = parse_request(*line, std::move(*peer));
  if (!request) {
    auto told = co_await send_line(socket, "error", json::value(request.error().message()));
    co_return told;
  }
  SocketProgress progress(socket, clock);
  auto reply = co_await handler(std::move(*request), progress);
  if (!reply) {
    auto told = co_await send_line(socket, "error", json::value(words_of(reply.error())));
    co_return told;
  }
  auto told = co_await send_line(socket, "reply", std::move(*reply));
  co_return told;
}

Result<json::object> control_call(const std::string& path, const std::string& command,
                                  const json::object& arguments,
                                  const std::function<void(const json::object&)>& on_progress,
                                  std::chrono::seconds timeout) {
  const auto connected = connect_blocking(path, timeout);
  if (!connected) return connected.error();
  const Closer closer{*connected};
  const std::string request =
      json::serialize(json::object{{"command", command}, {"arguments", arguments}}) + '\n';
  std::string_view unsent = request;
  while (!unsent.empty()) {
    const ssize_t sent = ::send(*connected, unsent.data(), unsent.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return {NetErrc::closed, "the daemon does not listen any more"};
    unsent.remove_prefix(static_cast<std::size_t>(sent));
  }
  std::string rest;
  for (;;) {
    const auto line = receive_line(*connected, rest);
    if (!line) return line.error();
    json::error_code error;
    const json::value value = json::parse(*line, error);
    const json::object* object = error ? nullptr : value.if_object();
    if (object == nullptr) return {NetErrc::bad_message, "the daemon's answer is not JSON"};
    const json::value* reply = object->if_contains("reply");
    if (reply != nullptr && reply->is_object()) return reply->get_object();
    const json::value* words = object->if_contains("error");
    if (words != nullptr && words->is_string()) {
      return {NetErrc::refused, std::string(words->get_string())};
    }
    const json::value* progress = object->if_contains("progress");
    if (progress == nullptr || !progress->is_object()) return NetErrc::bad_message;
    if (on_progress) on_progress(progress->get_object());
  }
}

}  // namespace yijuan::net
