// The cable of a simulated device: a pseudo-terminal under a stable name (a symbolic link). To
// unplug is to hang up and take the name away; to plug is another terminal under the same name.
#pragma once

#include <string>

#include "base/bytes.hpp"

namespace yijuan::sim {

class PseudoTerminal {
 public:
  explicit PseudoTerminal(std::string link) : link_(std::move(link)) {}
  ~PseudoTerminal() { unplug(); }
  PseudoTerminal(const PseudoTerminal&) = delete;
  PseudoTerminal& operator=(const PseudoTerminal&) = delete;

  /// Throws std::system_error.
  void plug();
  void unplug();
  [[nodiscard]] bool plugged() const { return master_ >= 0; }
  [[nodiscard]] int descriptor() const { return master_; }

  /// What the host sent, without waiting. `host_gone` says that nobody has it open.
  Bytes read(bool& host_gone);
  void write(BytesView bytes);

 private:
  std::string link_;
  int master_ = -1;
};

}  // namespace yijuan::sim
