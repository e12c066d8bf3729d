#include "io/system_random.hpp"

#include <sys/random.h>

#include <cerrno>

#include "base/assert.hpp"

namespace yijuan {

void SystemRandom::fill(std::span<std::uint8_t> bytes) {
  while (!bytes.empty()) {
    const ssize_t got = getrandom(bytes.data(), bytes.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    YIJUAN_ASSERT(got > 0, "the kernel gives no random bytes");
    bytes = bytes.subspan(static_cast<std::size_t>(got));
  }
}

}  // namespace yijuan
