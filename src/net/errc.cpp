#include "net/errc.hpp"

#include <array>

#include "base/error.hpp"

namespace yijuan {

std::error_code make_error_code(NetErrc code) {
  static constexpr std::array<ErrcLine, 11> kLines = {{
      {static_cast<int>(NetErrc::unreachable), "cannot be reached"},
      {static_cast<int>(NetErrc::closed), "the connection was closed"},
      {static_cast<int>(NetErrc::untrusted), "a certificate is not trusted"},
      {static_cast<int>(NetErrc::bad_message), "the other end sent nonsense"},
      {static_cast<int>(NetErrc::too_large), "the other end sent too much"},
      {static_cast<int>(NetErrc::bad_key), "a key or certificate cannot be used"},
      {static_cast<int>(NetErrc::bad_address), "this is not a usable address"},
      {static_cast<int>(NetErrc::cannot_listen), "cannot listen for connections"},
      {static_cast<int>(NetErrc::local_failure), "this machine's network failed"},
      {static_cast<int>(NetErrc::refused), "refused"},
      {static_cast<int>(NetErrc::busy), "there is no room for it now"},
  }};
  static const ErrcCategory category("net", kLines);
  return {static_cast<int>(code), category};
}

}  // namespace yijuan
