// Errors of async/.
#pragma once

#include <system_error>

namespace yijuan {

enum class AsyncErrc { cancelled = 1, timed_out = 2 };
std::error_code make_error_code(AsyncErrc code);

}  // namespace yijuan

template <>
struct std::is_error_code_enum<yijuan::AsyncErrc> : std::true_type {};
