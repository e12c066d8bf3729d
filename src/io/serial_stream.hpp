// A serial port, "serial:/dev/kiosk/coin": raw 8N1, or 8E1 where asked for, opened exclusively. A
// pseudo-terminal serves as well (and knows no parity). After an error the owner opens it again.
#pragma once

#include <memory>
#include <string>

#include "ports/byte_stream.hpp"

namespace yijuan {

/// With `even` the stream's bytes are marked: a damaged one is told, see io/marked_bytes.hpp.
enum class Parity { none, even };

/// `baud`: one of 4800, 9600, 19200, 38400, 57600, 115200. Touches no device before open().
std::unique_ptr<StreamSource> make_serial_source(std::string path, int baud,
                                                 Parity parity = Parity::none);

}  // namespace yijuan
