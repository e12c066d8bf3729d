// A network between a ledger and its PostgreSQL server that fails at one message of the protocol,
// counted from arm() on: each direction by itself, over all connections, those being made too.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <list>
#include <mutex>
#include <thread>

namespace yijuan::test {

class CutProxy {
 public:
  enum class Way { to_server, from_server };
  enum class Fault {
    cut,    // the message and its connection are lost; the next connection works
    down,   // the same, and no connection works until heal()
    stall,  // the message and all after it wait for ever, over an open connection
    crash   // the victim is killed before the message arrives, and the server with it
  };

  explicit CutProxy(unsigned server_port);
  ~CutProxy();
  CutProxy(const CutProxy&) = delete;
  CutProxy& operator=(const CutProxy&) = delete;

  [[nodiscard]] unsigned port() const { return port_; }
  /// `message`: 1 is the next in that direction.
  void arm(Way way, std::size_t message, Fault fault);
  /// For crash: a process of the server that stands aside, and so lives until then. One of those
  /// that are passed through may be ending by itself.
  void set_victim(pid_t process) { victim_ = process; }
  [[nodiscard]] bool fired() const { return fired_; }
  void heal();

 private:
  struct Half {
    int from = -1;
    int to = -1;
    std::string bytes;   // of a message that is not whole yet
    bool begun = false;  // past the message without a type with which a client begins
  };
  struct Link {
    Half client;
    Half server;
    bool stalled = false;
    bool gone = false;
  };

  void run();
  void accept_one();
  void read_some(Link& link, Half& half, Way way);
  void take_messages(Link& link, Half& half, Way way);
  bool strike(Link& link, Way way);
  static void close_both(Link& link);

  int listener_ = -1;
  unsigned port_ = 0;
  unsigned server_port_;
  std::list<Link> links_;
  std::mutex mutex_;
  Way way_ = Way::to_server;
  std::atomic<pid_t> victim_ = 0;
  Fault fault_ = Fault::cut;
  std::size_t countdown_ = 0;
  bool down_ = false;
  std::atomic<bool> fired_ = false;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

}  // namespace yijuan::test
