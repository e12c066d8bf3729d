// The bytes of one USB printer that is open: its two endpoints, its port status, its name.
#pragma once

#include "async/clock.hpp"
#include "io/usb/device_id.hpp"
#include "io/usb/usb_device.hpp"
#include "ports/byte_stream.hpp"

namespace yijuan::usb {

/// An open printer, and what outlives its streams.
struct Connection {
  Connection(const asio::any_io_executor& loop, std::unique_ptr<UsbDevice> opened)
      : device(std::move(opened)), never(loop) {}

  std::unique_ptr<UsbDevice> device;
  std::string name;  // for messages
  std::string peer;
  Bytes received;     // read, and not yet asked for
  bool lost = false;  // open it again
  bool mute = false;  // it has no port status
  Event never;        // what a printer without an IN endpoint says
};

/// Asks what it calls itself; a printer that does not tell keeps its USB strings.
Task<void> introduce(Connection& connection, Clock& clock);

std::unique_ptr<ByteStream> make_printer_stream(std::shared_ptr<Connection> connection,
                                                Clock& clock);

}  // namespace yijuan::usb
