// A simulated note acceptor on a cable, and its own list of what became of the notes: the truth
// against which a box's journal is held. Nothing of the box ever reads that list.
#pragma once

#include "tools/sim_coin/pseudo_terminal.hpp"
#include "tools/sim_note/note_device.hpp"

namespace yijuan::sim {

class NoteMachine {
 public:
  /// Throws std::system_error. `ledger` is appended to.
  NoteMachine(std::unique_ptr<NoteDevice> device, const std::string& link,
              const std::string& ledger);
  ~NoteMachine();
  NoteMachine(const NoteMachine&) = delete;
  NoteMachine& operator=(const NoteMachine&) = delete;

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
  [[nodiscard]] std::string status() const;
  void write_truth();

  std::unique_ptr<NoteDevice> device_;
  PseudoTerminal cable_;
  int ledger_ = -1;
  bool host_gone_ = false;
  bool ended_ = false;
};

}  // namespace yijuan::sim
