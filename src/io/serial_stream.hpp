// A serial port, "serial:/dev/kiosk/coin": raw 8N1, opened exclusively (protocols: ccTalk and
// RS-232 printers). A pseudo-terminal serves as well. After an error the owner opens it again.
#pragma once

#include <memory>
#include <string>

#include "ports/byte_stream.hpp"

namespace yijuan {

/// `baud`: one of 4800, 9600, 19200, 38400, 57600, 115200. Touches no device before open().
std::unique_ptr<StreamSource> make_serial_source(std::string path, int baud);

}  // namespace yijuan
