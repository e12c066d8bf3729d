// Control lines of a serial port as wires: CTS, DSR, RI and DCD in, DTR and RTS out. The kernel
// tells no times: the levels are looked at every 50 ms, and the port's own counters say of changes
// that came and went between two looks.
//
// Opening a port raises DTR and RTS for a moment, that is the kernel's way; a lock on one of them
// must not open by that (drivers/contacts/README.md). A port that the last program closes, or dies
// with, drops both.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "ports/line.hpp"

namespace yijuan {

enum class ModemInput { cts, dsr, ri, dcd };
enum class ModemOutput { dtr, rts };

/// From looks at one line to edges: pure.
class ModemWatch {
 public:
  /// `changes`: the port's own counter of the line's changes, nothing where it has none.
  ModemWatch(bool high, std::optional<int> changes, Instant at)
      : high_(high), changes_(changes), looked_at_(at) {}

  /// A line that changed and is back where it was gives two edges: away after the last look, and
  /// back now. Whoever debounces for longer than between two looks passes over them.
  LineEvents look(bool high, std::optional<int> changes, Instant now);

 private:
  bool high_;
  std::optional<int> changes_;
  Instant looked_at_;
};

std::optional<ModemInput> parse_modem_input(std::string_view text);
std::optional<ModemOutput> parse_modem_output(std::string_view text);

std::unique_ptr<InputLineSource> make_modem_input(std::string path, ModemInput line, Clock& clock);
std::unique_ptr<OutputLineSource> make_modem_output(std::string path, ModemOutput line);

}  // namespace yijuan
