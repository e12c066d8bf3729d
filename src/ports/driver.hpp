// What a driver's folder offers to kioskd: one constant of type Driver, found by CMake. See
// drivers/README.md.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "async/clock.hpp"
#include "base/settings.hpp"
#include "ports/board.hpp"
#include "ports/byte_stream.hpp"
#include "ports/coin_acceptor.hpp"
#include "ports/counting_machine.hpp"
#include "ports/display.hpp"
#include "ports/door.hpp"
#include "ports/note_acceptor.hpp"
#include "ports/printer.hpp"
#include "ports/random.hpp"
#include "ports/scanner.hpp"
#include "ports/touch.hpp"
#include "ports/transcript.hpp"

namespace yijuan {

/// What every driver may use of the world.
struct DriverContext {
  asio::any_io_executor executor;
  Clock& clock;
  Random& random;
  // Hears every byte of the device's stream, for recordings; null: nobody does.
  StreamTap* tap = nullptr;
  // Of the box's display, in pixels; 0 where there is none. A touch panel lies on it.
  int display_width = 0;
  int display_height = 0;
};

/// A driver makes the devices it knows and leaves the others null. Makers read their keys from
/// `settings` (which throw on a bad value) and touch no device: that is run()'s.
struct Driver {
  std::string_view name;
  std::string_view summary;  // one line for --help and drivers/README.md

  std::unique_ptr<CoinAcceptor> (*make_coin_acceptor)(Settings& settings, DriverContext context,
                                                      DeviceFacts& facts,
                                                      std::optional<CounterMark> mark) = nullptr;
  std::unique_ptr<NoteAcceptor> (*make_note_acceptor)(Settings& settings, DriverContext context,
                                                      DeviceFacts& facts,
                                                      std::optional<CounterMark> mark) = nullptr;
  std::unique_ptr<Door> (*make_door)(Settings& settings, DriverContext context,
                                     DeviceFacts& facts) = nullptr;
  std::unique_ptr<Board> (*make_board)(Settings& settings, DriverContext context,
                                       DeviceFacts& facts) = nullptr;
  std::unique_ptr<Scanner> (*make_scanner)(Settings& settings, DriverContext context, Scans& scans,
                                           DeviceFacts& facts) = nullptr;
  std::unique_ptr<CountingMachine> (*make_counting_machine)(Settings& settings,
                                                            DriverContext context) = nullptr;
  std::unique_ptr<Printer> (*make_printer)(Settings& settings, DriverContext context) = nullptr;
  std::unique_ptr<Display> (*make_display)(Settings& settings, DriverContext context) = nullptr;
  std::unique_ptr<Touch> (*make_touch)(Settings& settings, DriverContext context, Taps& taps,
                                       DeviceFacts& facts) = nullptr;
  /// Reads out recordings that cannot be played to the driver: a printer's.
  std::unique_ptr<Transcript> (*make_transcript)() = nullptr;
};

/// Every driver built in (made by drivers/CMakeLists.txt).
std::vector<const Driver*> all_drivers();

}  // namespace yijuan
