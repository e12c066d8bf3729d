// What a daemon asks the system about itself.
#pragma once

#include <chrono>

namespace yijuan {

/// Time since this process was started, to 10 ms.
std::chrono::milliseconds process_age();
/// No core dumps: they would hold private keys.
void forbid_core_dumps();
/// Blocks from 256 KiB on go back to the system when they are freed. By itself the allocator keeps
/// blocks of a size once used: a picture, a batch, a check of the journal would stay for ever.
void give_large_blocks_back();

}  // namespace yijuan
