// A USB printer, "usb:…" (io/usb/port_name.hpp): found by its class, driven through libusb.
//
// The device stays open between two streams, so that the kernel's driver is not given it back and
// taken from it again every ten seconds; one that was unplugged is looked for anew by open(), which
// waits a moment for it. Several printers that fit are an error that names them all: never guessed.
#pragma once

#include <memory>
#include <string_view>

#include "async/clock.hpp"
#include "ports/byte_stream.hpp"

namespace yijuan {

/// `text`: the whole port, for messages; `place`: what follows "usb:". IoErrc::bad_name. `clock`
/// outlives the source. Touches nothing before open().
Result<std::unique_ptr<StreamSource>> make_usb_source(std::string_view text, std::string_view place,
                                                      Clock& clock);

}  // namespace yijuan
