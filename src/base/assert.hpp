// Assertions that stay on in release: they report a bug of ours (an invariant broken) and abort,
// so that the daemon restarts from its journal. Never assert on bytes from a wire, a file or a
// person: those are operating errors and travel in Result.
#pragma once

#include <string_view>

namespace yijuan {

[[noreturn]] void assertion_failed(std::string_view condition, std::string_view message,
                                   const char* file, int line) noexcept;

}  // namespace yijuan

#define YIJUAN_ASSERT(condition, message) \
  (static_cast<bool>(condition)           \
       ? static_cast<void>(0)             \
       : ::yijuan::assertion_failed(#condition, message, __FILE__, __LINE__))
