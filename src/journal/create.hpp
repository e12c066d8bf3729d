// Makes a new, empty journal under another name, complete and synced, and renames it: a journal
// that exists is whole, also if the first start was cut.
#pragma once

#include "base/result.hpp"
#include "journal/disk.hpp"
#include "journal/options.hpp"

namespace yijuan::journal {

/// REQUIRES: the journal's lock is held. Removes what an earlier attempt left.
Result<void> create_file(Disk& disk, const JournalOptions& options);

}  // namespace yijuan::journal
