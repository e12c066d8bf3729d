// The simulated printer's ports: one TCP connection at a time, as network printers have it, and a
// Unix socket for commands. One thread, one poll loop.
#pragma once

#include <csignal>
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "drivers/escpos/fake.hpp"
#include "sim_printer/slip_folder.hpp"

namespace yijuan::sim_printer {

/// An open file descriptor, closed at the end.
class Socket {
 public:
  explicit Socket(int number = -1) : number_(number) {}
  Socket(Socket&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Socket& operator=(Socket&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Socket();
  [[nodiscard]] int get() const { return number_; }
  [[nodiscard]] bool open() const { return number_ >= 0; }

 private:
  int number_;
};

class Server {
 public:
  Server(escpos_fake::Printer& printer, SlipFolder& folder);

  /// Listens on loopback; `port` 0 takes a free one. The port. Throws std::system_error.
  int listen_for_data(int port);
  /// Throws std::system_error.
  void listen_for_commands(const std::string& path);
  /// Until `quit` or a signal that `stop` tells of.
  void run(const volatile std::sig_atomic_t& stop);

 private:
  struct Commander {
    Socket socket;
    std::string line;
  };

  void poll_once();
  void accept_data();
  void read_data();
  void pass_on();
  void answer();
  void accept_command();
  void read_command(Commander& commander);
  void hang_up();
  std::string obey(const std::string& line);
  std::string cut_connection(const std::string& number);
  std::string end_paper(const std::string& number);
  [[nodiscard]] std::string status() const;

  escpos_fake::Printer& printer_;
  SlipFolder& folder_;
  std::deque<escpos_fake::Slip> unkept_;  // written when nobody waits for an answer
  Socket data_listener_;
  Socket command_listener_;
  Socket client_;
  Bytes waiting_;  // read from the client, not yet taken by the printer
  Bytes unsent_;   // answers
  std::optional<std::size_t> bytes_until_cut_;
  std::vector<Commander> commanders_;
  bool quit_ = false;
};

}  // namespace yijuan::sim_printer
