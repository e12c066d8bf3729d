// Errors of domain/.
#pragma once

#include <system_error>

namespace yijuan {

enum class DomainErrc { pack_missing = 1, pack_signature, pack_malformed, log_left };
std::error_code make_error_code(DomainErrc code);

}  // namespace yijuan

template <>
struct std::is_error_code_enum<yijuan::DomainErrc> : std::true_type {};
