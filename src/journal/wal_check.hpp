// What SQLite would drop from the WAL without a word. It takes the first frame whose checksum is
// wrong for the end, as a power cut leaves one; a bad block there ends the log as quietly, however
// many coins stand behind it.
//
// A frame's checksum goes on from that of the frame before it. So a frame that fits behind a commit
// was written by a process for which that commit had succeeded: its coins were acknowledged. (Of
// the newest commit alone nobody can tell: nothing stands behind it.)
#pragma once

#include <string>

#include "base/result.hpp"
#include "journal/disk.hpp"

namespace yijuan::journal {

/// Before SQLite opens the journal at `path`. JournalErrc::damaged: acknowledged commits stand
/// behind a frame, or under a header, that is not whole. A torn header over nothing that the
/// journal lacks is a power cut's: the WAL is removed. JournalErrc::write_failed, cannot_open.
Result<void> check_wal(Disk& disk, const std::string& path);

}  // namespace yijuan::journal
