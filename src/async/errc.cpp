#include "async/errc.hpp"

#include <array>

#include "base/error.hpp"

namespace yijuan {

std::error_code make_error_code(AsyncErrc code) {
  static constexpr std::array<ErrcLine, 2> kLines = {{
      {static_cast<int>(AsyncErrc::cancelled), "stopped before it was finished"},
      {static_cast<int>(AsyncErrc::timed_out), "no answer in time"},
  }};
  static const ErrcCategory category("async", kLines);
  return {static_cast<int>(code), category};
}

}  // namespace yijuan
