// How boxctl and ledgerctl talk to the running daemon: a Unix socket of mode 0660, one JSON
// request line, any number of progress lines, one reply line. Who asks is known from the kernel
// (SO_PEERCRED), not from what is sent.
//
//   -> {"command":"status","arguments":{…}}
//   <- {"progress":{…}}          zero or more
//   <- {"reply":{…}}  or  {"error":"text for people"}
#pragma once

#include <sys/types.h>

#include <boost/json/object.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "async/clock.hpp"

namespace yijuan::net {

/// Owner: root, or the user that the daemon runs as. Member: anyone else whom the socket's group
/// let in.
enum class ControlRole { member, owner };

struct ControlPeer {
  uid_t uid = 0;
  std::string user;  // login name, or the number where there is none
  ControlRole role = ControlRole::member;
};

struct ControlRequest {
  std::string command;
  boost::json::object arguments;
  ControlPeer peer;
};

/// Sends progress lines while a command runs.
class ControlProgress {
 public:
  virtual ~ControlProgress() = default;
  virtual Task<void> send(boost::json::object progress) = 0;
};

/// The reply; an error's message is shown to the person who asked.
using ControlHandler =
    std::function<Task<boost::json::object>(ControlRequest request, ControlProgress& progress)>;

class ControlServer {
 public:
  /// `timeout`: for one request from its line to its reply.
  ControlServer(const asio::any_io_executor& executor, Clock& clock, ControlHandler handler,
                std::chrono::seconds timeout = std::chrono::seconds(300));
  ControlServer(const ControlServer&) = delete;
  ~ControlServer();

  /// Makes the socket; a socket file left by a dead daemon is replaced, one that a living daemon
  /// answers on is NetErrc::refused.
  Result<void> listen(const std::string& path);
  Task<void> run();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// For the command's side: blocks until the reply. NetErrc::unreachable if no daemon listens,
/// NetErrc::refused with the daemon's words if it answered with an error.
Result<boost::json::object> control_call(
    const std::string& path, const std::string& command, const boost::json::object& arguments,
    const std::function<void(const boost::json::object&)>& on_progress = {},
    std::chrono::seconds timeout = std::chrono::seconds(300));

}  // namespace yijuan::net
