// A simulated acceptor on a cable, and its own list of the coins that it took: the truth against
// which a box's journal is held. Nothing of the box ever reads that list.
#pragma once

#include <string>

#include "drivers/cctalk/fake.hpp"
#include "tools/sim_coin/pseudo_terminal.hpp"

namespace yijuan::sim {

class CoinMachine {
 public:
  /// Throws std::system_error, and std::runtime_error for a list that cannot be read. `ledger` is
  /// appended to; with `take_up` its coins are the acceptor's own, whose power never went.
  CoinMachine(cctalk_fake::Make make, const std::string& link, const std::string& ledger,
              bool take_up);
  ~CoinMachine();
  CoinMachine(const CoinMachine&) = delete;
  CoinMachine& operator=(const CoinMachine&) = delete;

  /// Moves bytes both ways. Called when the cable has some, and when due() says.
  void serve();
  /// Milliseconds until serve() has something to do by itself; -1: nothing.
  [[nodiscard]] int due() const;
  /// To be watched; -1 while unplugged or while no host has it open.
  [[nodiscard]] int descriptor() const { return host_gone_ ? -1 : cable_.descriptor(); }
  /// Carries out a line of the control socket; its one-line answer.
  std::string command(const std::string& line);
  [[nodiscard]] bool ended() const { return ended_; }

 private:
  std::string drop(const std::string& what);
  std::string raise(const std::string& code);
  std::string lose(const std::string& share);
  std::string check(const std::string& code);
  [[nodiscard]] std::string status() const;
  [[nodiscard]] int position_of(const std::string& what) const;
  void write_truth(bool power_lost);

  cctalk_fake::FakeAcceptor device_;
  PseudoTerminal cable_;
  int ledger_ = -1;
  std::size_t written_ = 0;
  std::size_t refused_ = 0;
  bool host_gone_ = false;
  bool ended_ = false;
};

/// What a coin id says it is worth ("CN050A": 50); 0 where it says nothing.
int fen_of(const std::string& id);

}  // namespace yijuan::sim
