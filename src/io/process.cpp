#include "io/process.hpp"

#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

#include <ctime>
#include <fstream>
#include <sstream>
#include <string>

namespace yijuan {

std::chrono::milliseconds process_age() {
  std::ifstream file("/proc/self/stat");
  std::string text;
  std::getline(file, text);
  // Field 22, in clock ticks since the boot; the name in field 2 may hold spaces.
  const std::size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) return {};
  std::istringstream fields(text.substr(name_end + 1));
  std::string skipped;
  for (int field = 3; field < 22; ++field) fields >> skipped;
  long long ticks = 0;
  fields >> ticks;
  timespec now{};
  clock_gettime(CLOCK_BOOTTIME, &now);
  const long long now_ms = now.tv_sec * 1000LL + now.tv_nsec / 1'000'000;
  return std::chrono::milliseconds(now_ms - ticks * 1000 / sysconf(_SC_CLK_TCK));
}

void forbid_core_dumps() {
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
}

void give_large_blocks_back() {
  mallopt(M_MMAP_THRESHOLD, 256 * 1024);
}

}  // namespace yijuan
