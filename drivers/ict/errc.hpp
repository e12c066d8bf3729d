// Errors of the ICT driver: each ends a connection, and another is tried.
#pragma once

#include <system_error>

namespace yijuan::ict {

enum class IctErrc {
  silent = 1,
  garbage,
  looped,
};
std::error_code make_error_code(IctErrc code);

}  // namespace yijuan::ict

template <>
struct std::is_error_code_enum<yijuan::ict::IctErrc> : std::true_type {};
