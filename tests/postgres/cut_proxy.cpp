#include "tests/postgres/cut_proxy.hpp"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <string>
#include <vector>

namespace yijuan::test {
namespace {

constexpr int kLookAround = 20;  // ms between looks at stop_

sockaddr_in loopback(unsigned port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

std::size_t big_endian(const std::string& bytes, std::size_t at) {
  std::size_t value = 0;
  for (std::size_t i = 0; i < 4; ++i)
    value = value << 8U | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

bool send_all(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

}  // namespace

CutProxy::CutProxy(unsigned server_port) : server_port_(server_port) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      ::listen(listener_, 16) != 0 ||
      ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    throw std::runtime_error("no port for the proxy");
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { run(); });
}

CutProxy::~CutProxy() {
  stop_ = true;
  thread_.join();
  for (Link& link : links_) close_both(link);
  ::close(listener_);
}

void CutProxy::arm(Way way, std::size_t message, Fault fault) {
  const std::lock_guard lock(mutex_);
  way_ = way;
  fault_ = fault;
  countdown_ = message;
  fired_ = false;
}

void CutProxy::heal() {
  const std::lock_guard lock(mutex_);
  down_ = false;
  countdown_ = 0;
}

void CutProxy::run() {
  while (!stop_) {
    std::vector<pollfd> sockets = {{.fd = listener_, .events = POLLIN, .revents = 0}};
    for (const Link& link : links_) {
      sockets.push_back({.fd = link.client.from, .events = POLLIN, .revents = 0});
      sockets.push_back({.fd = link.server.from, .events = POLLIN, .revents = 0});
    }
    if (::poll(sockets.data(), sockets.size(), kLookAround) <= 0) continue;
    const std::lock_guard lock(mutex_);
    std::size_t at = 1;
    for (Link& link : links_) {
      const bool from_client = sockets[at++].revents != 0;
      const bool from_server = sockets[at++].revents != 0;
      if (from_client && !link.gone) read_some(link, link.client, Way::to_server);
      if (from_server && !link.gone) read_some(link, link.server, Way::from_server);
    }
    std::erase_if(links_, [](const Link& link) { return link.gone; });
    if (sockets[0].revents != 0) accept_one();
  }
}

void CutProxy::accept_one() {
  const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = loopback(server_port_);
  if (down_ ||
      ::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    ::close(client);
    ::close(server);
    return;
  }
  const int at_once = 1;  // no small message waits for the one before to be confirmed
  for (const int end : {client, server}) {
    ::setsockopt(end, IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof at_once);
  }
  Link& link = links_.emplace_back();
  link.client.from = link.server.to = client;
  link.server.from = link.client.to = server;
  link.server.begun = true;
}

void CutProxy::read_some(Link& link, Half& half, Way way) {
  std::array<char, 65536> buffer;
  const ssize_t size = ::recv(half.from, buffer.data(), buffer.size(), 0);
  if (size <= 0) {
    close_both(link);
    return;
  }
  half.bytes.append(buffer.data(), static_cast<std::size_t>(size));
  take_messages(link, half, way);
}

void CutProxy::take_messages(Link& link, Half& half, Way way) {
  while (!link.gone) {
    const std::size_t head = half.begun ? 1 : 0;
    if (half.bytes.size() < head + 4) return;
    const std::size_t size = head + big_endian(half.bytes, head);
    if (half.bytes.size() < size) return;
    const std::string message = half.bytes.substr(0, size);
    half.bytes.erase(0, size);
    half.begun = true;
    if (link.stalled || strike(link, way)) continue;
    if (!send_all(half.to, message)) close_both(link);
  }
}

// Whether the message does not arrive.
bool CutProxy::strike(Link& link, Way way) {
  if (way != way_ || countdown_ == 0 || --countdown_ != 0) return false;
  fired_ = true;
  link.stalled = true;
  down_ = fault_ == Fault::down;
  if (fault_ == Fault::cut || fault_ == Fault::down) close_both(link);
  if (fault_ == Fault::crash) ::kill(victim_, SIGKILL);
  return true;
}

void CutProxy::close_both(Link& link) {
  if (link.gone) return;
  ::close(link.client.from);
  ::close(link.server.from);
  link.gone = true;
}

}  // namespace yijuan::test
