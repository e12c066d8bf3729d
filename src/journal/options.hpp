// How a journal is opened. The defaults are what kioskd ships with; tests make everything small.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "ports/device_fact.hpp"

namespace yijuan {

class Executor;
namespace journal {
class Disk;
}  // namespace journal

struct JournalOptions {
  std::string path;     // ".../journal.db"; path.lock, path.reserve and path-wal stand beside it
  std::string origin;   // the log's name; a journal of another log is refused
  bool create = false;  // make the journal where there is none, else JournalErrc::absent
  /// Of a journal that is made: how far the acceptors' events are known from the log before it.
  std::vector<CounterMark> first_marks = {};

  /// The WAL is grown to this once, and kept: a commit that makes the file longer takes twice as
  /// long on its way to the disk.
  std::uint64_t wal_bytes = 4U << 20U;
  std::uint64_t reserve_bytes = 1U << 20U;  // given up when the disk is full: room for the fault
  /// Checkpoint after this long without a commit, if `quiet_frames` pages wait in the WAL; at once
  /// from `most_frames` on, so that in a crowd without a pause the WAL never gets longer than it
  /// was made: each takes 4,120 bytes, and a coin needs up to ten.
  std::chrono::milliseconds quiet{2000};
  int quiet_frames = 128;
  int most_frames = 1000;
  /// SQLite's file layer and the disk under it; empty and null for the system's own. Tests put
  /// faults in there.
  std::string vfs;
  journal::Disk* disk = nullptr;
  /// Where commits and reads run; null: on threads of their own. It outlives the journal.
  Executor* executor = nullptr;
};

}  // namespace yijuan
