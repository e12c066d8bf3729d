#include "drivers/counter/errc.hpp"

#include <array>

#include "base/error.hpp"

namespace yijuan::counter {

std::error_code make_error_code(CounterErrc code) {
  static constexpr std::array<ErrcLine, 4> kLines = {{
      {static_cast<int>(CounterErrc::bad_pattern), "a line pattern is wrong"},
      {static_cast<int>(CounterErrc::contradiction),
       "what the counting machine printed contradicts itself: print or count again"},
      {static_cast<int>(CounterErrc::half),
       "the counting machine stopped in the middle of its report"},
      {static_cast<int>(CounterErrc::garbage),
       "what the counting machine sends cannot be read: check model, speed and parity"},
  }};
  static const ErrcCategory category("counter", kLines);
  return {static_cast<int>(code), category};
}

}  // namespace yijuan::counter
