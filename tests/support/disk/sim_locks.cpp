#include "tests/support/disk/sim_locks.hpp"

namespace yijuan::test {

int SimLocks::lock(SimLockHolder& holder, int level) {
  if (holder.level >= level) return SQLITE_OK;
  const bool others_reserve = reserved_ != nullptr && reserved_ != &holder;
  const bool others_wait = pending_ != nullptr && pending_ != &holder;
  if (level == SQLITE_LOCK_SHARED) {
    if (others_wait) return SQLITE_BUSY;
    ++shared_;
  } else if (level == SQLITE_LOCK_RESERVED) {
    if (others_reserve || others_wait) return SQLITE_BUSY;
    reserved_ = &holder;
  } else {
    if (others_reserve || others_wait) return SQLITE_BUSY;
    pending_ = &holder;
    if (shared_ > 1) {
      holder.level = SQLITE_LOCK_PENDING;
      return SQLITE_BUSY;
    }
  }
  holder.level = level;
  return SQLITE_OK;
}

void SimLocks::unlock(SimLockHolder& holder, int level) {
  if (holder.level <= level) return;
  if (reserved_ == &holder) reserved_ = nullptr;
  if (pending_ == &holder) pending_ = nullptr;
  if (level == SQLITE_LOCK_NONE) --shared_;
  holder.level = level;
}

void* SimLocks::map(SimLockHolder& holder, std::size_t region, std::size_t bytes, bool extend) {
  if (!holder.mapped) ++mapped_;
  holder.mapped = true;
  while (extend && regions_.size() <= region) {
    regions_.push_back(std::make_unique<std::vector<unsigned char>>(bytes));
  }
  return region < regions_.size() ? regions_[region]->data() : nullptr;
}

int SimLocks::lock_index(SimLockHolder& holder, unsigned first, unsigned count, int flags) {
  const auto end = first + count;
  const auto bit = [](unsigned slot) { return 1U << slot; };
  if ((flags & SQLITE_SHM_UNLOCK) != 0) {
    for (unsigned slot = first; slot < end; ++slot) {
      if ((holder.shared & bit(slot)) != 0) --slots_.at(slot).shared;
      if ((holder.exclusive & bit(slot)) != 0) slots_.at(slot).exclusive = false;
      holder.shared &= ~bit(slot);
      holder.exclusive &= ~bit(slot);
    }
    return SQLITE_OK;
  }
  const bool exclusive = (flags & SQLITE_SHM_EXCLUSIVE) != 0;
  for (unsigned slot = first; slot < end; ++slot) {
    const bool mine = ((holder.shared | holder.exclusive) & bit(slot)) != 0;
    const Slot& found = slots_.at(slot);
    if (!mine && (found.exclusive || (exclusive && found.shared > 0))) return SQLITE_BUSY;
  }
  for (unsigned slot = first; slot < end; ++slot) {
    if (((holder.shared | holder.exclusive) & bit(slot)) != 0) continue;
    Slot& taken = slots_.at(slot);
    (exclusive ? holder.exclusive : holder.shared) |= bit(slot);
    if (exclusive) {
      taken.exclusive = true;
    } else {
      ++taken.shared;
    }
  }
  return SQLITE_OK;
}

void SimLocks::unmap(SimLockHolder& holder) {
  if (!holder.mapped) return;
  lock_index(holder, 0, SQLITE_SHM_NLOCK, SQLITE_SHM_UNLOCK);
  holder.mapped = false;
  if (--mapped_ == 0) regions_.clear();
}

}  // namespace yijuan::test
