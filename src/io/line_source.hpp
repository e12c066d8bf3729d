// Wires as written in a configuration:
//   "gpio:gpiochip0/17", "gpio:LINE-NAME"     a GPIO line (io/gpio)
//   "serial:/dev/…:CTS"                       a control line: CTS, DSR, RI, DCD in; DTR, RTS out
//   "pipe:PATH"                               a FIFO into which a person or a program writes levels
#pragma once

#include <memory>
#include <string_view>

#include "ports/line.hpp"

namespace yijuan {

/// IoErrc::bad_name, whose detail says what is wrong with `text`. Opens nothing. `clock` outlives
/// the source and its lines. A bias is GPIO's only.
Result<std::unique_ptr<InputLineSource>> make_input_line(std::string_view text,
                                                         const asio::any_io_executor& executor,
                                                         Clock& clock,
                                                         LineBias bias = LineBias::as_is);
Result<std::unique_ptr<OutputLineSource>> make_output_line(std::string_view text);

}  // namespace yijuan
