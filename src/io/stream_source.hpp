// Ports as written in a configuration: "serial:/dev/…", "tcp:host:port", "usb:…", "file:path",
// "replay:recording".
#pragma once

#include <chrono>
#include <memory>
#include <string_view>

#include "async/clock.hpp"
#include "io/serial_stream.hpp"
#include "ports/byte_stream.hpp"

namespace yijuan {

struct StreamOptions {
  int baud = 9600;                                                   // of a serial port
  Parity parity = Parity::none;                                      // of a serial port
  std::chrono::nanoseconds connect_limit = std::chrono::seconds(3);  // of tcp
  StreamTap* tap = nullptr;  // hears all bytes; a driver passes its DriverContext's
};

/// IoErrc::bad_name, whose detail says what is wrong with `text`. Opens nothing, but reads the
/// recording of a "replay:" and says what is wrong with it (IoErrc::bad_recording). `clock` and the
/// tap outlive the source.
Result<std::unique_ptr<StreamSource>> make_stream_source(std::string_view text, Clock& clock,
                                                         StreamOptions options = {});

}  // namespace yijuan
