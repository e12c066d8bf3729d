// What the connections of one machine share of a database file: its locks, and the memory of a
// WAL's index with its own locks. Gone when the process ends, as in life. See sqlite3.h on xLock,
// xShmMap and xShmLock.
#pragma once

#include <sqlite3.h>

#include <array>
#include <memory>
#include <vector>

namespace yijuan::test {

/// The part of one connection.
struct SimLockHolder {
  int level = SQLITE_LOCK_NONE;
  unsigned shared = 0, exclusive = 0;  // bits, of the index's locks
  bool mapped = false;
};

class SimLocks {
 public:
  int lock(SimLockHolder& holder, int level);
  void unlock(SimLockHolder& holder, int level);
  [[nodiscard]] bool reserved() const { return reserved_ != nullptr; }

  /// Null if there is no such region, and none is wanted.
  void* map(SimLockHolder& holder, std::size_t region, std::size_t bytes, bool extend);
  int lock_index(SimLockHolder& holder, unsigned first, unsigned count, int flags);
  /// The last to go takes the memory along: who comes next makes the index anew.
  void unmap(SimLockHolder& holder);

 private:
  int shared_ = 0;
  const SimLockHolder* reserved_ = nullptr;
  const SimLockHolder* pending_ = nullptr;
  struct Slot {
    int shared = 0;
    bool exclusive = false;
  };
  std::array<Slot, SQLITE_SHM_NLOCK> slots_{};
  std::vector<std::unique_ptr<std::vector<unsigned char>>> regions_;
  int mapped_ = 0;
};

}  // namespace yijuan::test
