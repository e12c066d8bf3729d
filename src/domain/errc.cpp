#include "domain/errc.hpp"

#include <array>

#include "base/error.hpp"

namespace yijuan {

std::error_code make_error_code(DomainErrc code) {
  static constexpr std::array<ErrcLine, 4> kLines = {{
      {static_cast<int>(DomainErrc::pack_missing), "there is no campaign pack"},
      {static_cast<int>(DomainErrc::pack_signature),
       "the campaign pack is not signed by the pack key"},
      {static_cast<int>(DomainErrc::pack_malformed), "the campaign pack cannot be read"},
      {static_cast<int>(DomainErrc::log_left), "the box goes on with a new log"},
  }};
  static const ErrcCategory category("domain", kLines);
  return {static_cast<int>(code), category};
}

}  // namespace yijuan
