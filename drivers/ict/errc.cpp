#include "drivers/ict/errc.hpp"

#include <array>

#include "base/error.hpp"

namespace yijuan::ict {

std::error_code make_error_code(IctErrc code) {
  static constexpr std::array<ErrcLine, 3> kLines = {{
      {static_cast<int>(IctErrc::silent), "the device does not answer"},
      {static_cast<int>(IctErrc::garbage),
       "what arrives has no meaning: another device, or another speed or parity"},
      {static_cast<int>(IctErrc::looped), "what is sent comes back: the line is looped"},
  }};
  static const ErrcCategory category("ict", kLines);
  return {static_cast<int>(code), category};
}

}  // namespace yijuan::ict
