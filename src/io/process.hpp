// What a daemon asks the system about itself.
#pragma once

#include <chrono>

namespace yijuan {

/// Time since this process was started, to 10 ms.
std::chrono::milliseconds process_age();
/// No core dumps: they would hold private keys.
void forbid_core_dumps();

}  // namespace yijuan
