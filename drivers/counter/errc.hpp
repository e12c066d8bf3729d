// Errors of the counting machines' driver.
#pragma once

#include <system_error>

namespace yijuan::counter {

enum class CounterErrc {
  bad_pattern = 1,
  contradiction,
  half,
  garbage,
};
std::error_code make_error_code(CounterErrc code);

}  // namespace yijuan::counter

template <>
struct std::is_error_code_enum<yijuan::counter::CounterErrc> : std::true_type {};
