// How a daemon is asked to stop: SIGTERM (systemd) or SIGINT (Ctrl-C).
#pragma once

#include "async/task.hpp"

namespace yijuan {

/// Waits for the first of them, which then does not end the process by itself.
/// AsyncErrc::cancelled if the daemon stops for another reason.
Task<void> stop_signal();

}  // namespace yijuan
