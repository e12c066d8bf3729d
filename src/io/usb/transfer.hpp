// One asynchronous USB transfer. It owns its bytes, since libusb reads and writes them until its
// callback came: whoever waits for it may go away first.
#pragma once

#include "async/event.hpp"
#include "base/bytes.hpp"

struct libusb_device_handle;

namespace yijuan::usb {

enum class TransferEnd {
  completed,
  cancelled,  // by us; what had passed by then is counted
  stalled,    // the endpoint is halted until it is cleared
  gone,       // the device is unplugged, or its power failed
  failed,
};

struct Transfer {
  enum class Kind { control, bulk };

  Transfer(const asio::any_io_executor& loop, libusb_device_handle* device, Kind transfer_kind,
           std::uint8_t to, Bytes bytes)
      : handle(device), kind(transfer_kind), endpoint(to), buffer(std::move(bytes)), ended(loop) {}

  // Not changed after the submission.
  libusb_device_handle* handle;
  Kind kind;
  std::uint8_t endpoint;
  Bytes buffer;  // libusb's until `ended`; a control transfer begins with its eight bytes of setup

  // The loop's; set together.
  Event ended;
  TransferEnd end = TransferEnd::failed;
  std::size_t count = 0;  // bytes that passed, exactly, however it ended
};

}  // namespace yijuan::usb
