// Makes a new, empty journal under another name, complete and synced, and renames it: a journal
// that exists is whole, also if the first start was cut.
#pragma once

#include "base/result.hpp"
#include "journal/options.hpp"

namespace yijuan::journal {

/// REQUIRES: the journal's lock is held. Removes what an earlier attempt left.
Result<void> create_file(const JournalOptions& options);

/// Makes durable what an earlier run wrote and the system may still hold in memory, and forgets
/// it: what is read from now on is on the disk. After a failed fsync the system takes pages for
/// clean that never reached it. A missing file is fine.
Result<void> settle_file(const std::string& path);

}  // namespace yijuan::journal
