#include "base/assert.hpp"

#include <cstdio>
#include <cstdlib>

namespace yijuan {

void assertion_failed(std::string_view condition, std::string_view message, const char* file,
                      int line) noexcept {
  std::fprintf(stderr, "bug: %.*s (%.*s) at %s:%d\n", static_cast<int>(message.size()),
               message.data(), static_cast<int>(condition.size()), condition.data(), file, line);
  std::abort();
}

}  // namespace yijuan
