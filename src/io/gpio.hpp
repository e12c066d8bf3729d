// GPIO lines by libgpiod 1 (version 2 has another interface: only gpio.cpp knows which). An input's
// edges come with the time that the kernel noted in its interrupt; it keeps 16 of them, and a full
// set read at once is told as lost, since the kernel does not say what it dropped. It needs Linux
// 5.7 or newer (older kernels note the wall clock's time).
//
// A line that another program holds, a chip that is not there or gives no interrupts is
// IoErrc::cannot_open.
#pragma once

#include <memory>
#include <string>

#include "ports/line.hpp"

namespace yijuan {

/// Where a line is: on `chip` ("gpiochip0") at `offset`, or, with an empty chip, by its `name`.
struct GpioPlace {
  std::string chip;
  unsigned offset = 0;
  std::string name;
  friend bool operator==(const GpioPlace&, const GpioPlace&) = default;
};

/// "gpiochip0/17" or "LINE-NAME", without the "gpio:". IoErrc::bad_name.
Result<GpioPlace> parse_gpio_place(std::string_view text);

std::unique_ptr<InputLineSource> make_gpio_input(GpioPlace place, LineBias bias,
                                                 const asio::any_io_executor& executor,
                                                 Clock& clock);
std::unique_ptr<OutputLineSource> make_gpio_output(GpioPlace place);

}  // namespace yijuan
