// Errors of domain/.
#pragma once

#include <system_error>

namespace yijuan::domain {

enum class DomainErrc { pack_missing = 1, pack_signature, pack_malformed };
std::error_code make_error_code(DomainErrc code);

}  // namespace yijuan::domain

template <>
struct std::is_error_code_enum<yijuan::domain::DomainErrc> : std::true_type {};
