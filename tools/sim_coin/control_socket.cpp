#include "tools/sim_coin/control_socket.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace yijuan::sim {
namespace {

constexpr int kBacklog = 8;
constexpr std::size_t kLongestLine = 4096;

}  // namespace

ControlSocket::ControlSocket(std::string path) : path_(std::move(path)) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path_.size() >= sizeof address.sun_path) {
    throw std::system_error(ENAMETOOLONG, std::generic_category(), path_);
  }
  std::memcpy(address.sun_path, path_.c_str(), path_.size());
  listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  (void)::unlink(path_.c_str());
  const auto* const generic = reinterpret_cast<const sockaddr*>(&address);
  if (listener_ < 0 || ::bind(listener_, generic, sizeof address) != 0 ||
      ::listen(listener_, kBacklog) != 0) {
    throw std::system_error(errno, std::generic_category(), path_);
  }
}

ControlSocket::~ControlSocket() {
  for (const auto& [peer, pending] : peers_) ::close(peer);
  ::close(listener_);
  (void)::unlink(path_.c_str());
}

void ControlSocket::watch(std::vector<pollfd>& watched) const {
  watched.push_back({.fd = listener_, .events = POLLIN, .revents = 0});
  for (const auto& [peer, pending] : peers_) {
    watched.push_back({.fd = peer, .events = POLLIN, .revents = 0});
  }
}

void ControlSocket::serve(const Answer& answer) {
  int peer = -1;
  while ((peer = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
    peers_.emplace(peer, "");
  }
  for (auto each = peers_.begin(); each != peers_.end();) {
    if (serve_peer(each->first, each->second, answer)) {
      ++each;
    } else {
      ::close(each->first);
      each = peers_.erase(each);
    }
  }
}

bool ControlSocket::serve_peer(int peer, std::string& pending, const Answer& answer) {
  std::array<char, 1024> chunk{};
  const auto count = ::recv(peer, chunk.data(), chunk.size(), 0);
  if (count == 0 || (count < 0 && errno != EAGAIN)) return false;
  if (count > 0) pending.append(chunk.data(), static_cast<std::size_t>(count));
  for (auto end = pending.find('\n'); end != std::string::npos; end = pending.find('\n')) {
    const std::string reply = answer(pending.substr(0, end)) + "\n";
    pending.erase(0, end + 1);
    if (::send(peer, reply.data(), reply.size(), MSG_NOSIGNAL) < 0) return false;
  }
  return pending.size() <= kLongestLine;
}

}  // namespace yijuan::sim
