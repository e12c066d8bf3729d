// Line commands for a simulated device on a Unix socket: one line in, one line back.
#pragma once

#include <poll.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace yijuan::sim {

class ControlSocket {
 public:
  using Answer = std::function<std::string(const std::string& line)>;

  /// Replaces what stands at `path`. Throws std::system_error.
  explicit ControlSocket(std::string path);
  ~ControlSocket();
  ControlSocket(const ControlSocket&) = delete;
  ControlSocket& operator=(const ControlSocket&) = delete;

  /// Adds what to wait for.
  void watch(std::vector<pollfd>& watched) const;
  /// Serves whoever is ready, without waiting.
  void serve(const Answer& answer);

 private:
  bool serve_peer(int peer, std::string& pending, const Answer& answer);

  std::string path_;
  int listener_ = -1;
  std::map<int, std::string> peers_;  // and what of their next line has come
};

}  // namespace yijuan::sim
