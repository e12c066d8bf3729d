#include "tests/fault/child_flow.hpp"

#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <new>

#include "base/assert.hpp"

namespace yijuan::fault {

ChildFlow::ChildFlow() {
  void* memory =
      ::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  YIJUAN_ASSERT(memory != MAP_FAILED, "shared memory");
  shared_ = new (memory) Shared();
}

ChildFlow::~ChildFlow() {
  ::munmap(shared_, sizeof(Shared));
}

pid_t ChildFlow::start(const std::function<void()>& first, const std::function<bool()>& last) {
  for (const auto& file : std::filesystem::directory_iterator(directory_.path())) {
    std::filesystem::remove(file.path());
  }
  new (shared_) Shared();
  const pid_t child = ::fork();
  YIJUAN_ASSERT(child >= 0, "a process");
  if (child == 0) live(first, last);
  return child;
}

void ChildFlow::live(const std::function<void()>& first, const std::function<bool()>& last) {
  const rlimit no_core{};
  ::setrlimit(RLIMIT_CORE, &no_core);
  // A process that this one cannot do without: what it throws ends it, as it ends kioskd.
  const auto flow = [this, &first]() noexcept {
    Promises promises;
    JournalOptions options = GiftFlow::small_options();
    options.path = (directory_.path() / "journal.db").string();
    first();
    GiftFlow life(std::move(options), promises, [&] { tell(promises); });
    return life.run();
  };
  const int status = flow() == FlowEnd::whole ? 0 : 1;
  ::_exit(last() ? status + 2 : status);
}

void ChildFlow::tell(const Promises& promises) noexcept {
  const int next = 1 - shared_->newest.load();
  Slot& slot = shared_->slots.at(static_cast<std::size_t>(next));
  slot.acknowledged = slot.coins = slot.snapshots = 0;
  for (const auto& entry : promises.acknowledged) slot.entry.at(slot.acknowledged++) = entry;
  for (const auto& coin : promises.coins) slot.coin.at(slot.coins++) = coin;
  for (const Hash& hash : promises.snapshots) slot.snapshot.at(slot.snapshots++) = hash;
  slot.broken = !promises.broken.empty();
  shared_->newest.store(next);
}

Aftermath ChildFlow::look_after() const {
  const Slot& slot = shared_->slots.at(static_cast<std::size_t>(shared_->newest.load()));
  if (slot.broken) return {Found::wrong, "it broke a promise while it ran"};
  Promises promises;
  promises.cut_off = true;
  promises.acknowledged.insert(slot.entry.begin(), slot.entry.begin() + slot.acknowledged);
  promises.coins.insert(slot.coin.begin(), slot.coin.begin() + slot.coins);
  promises.snapshots.insert(slot.snapshot.begin(), slot.snapshot.begin() + slot.snapshots);
  for (const auto& [seq, leaf] : promises.acknowledged) promises.written[seq].insert(leaf);
  // What the process left is what the next one finds: the system was not ended.
  test::SimDisk disk;
  for (const auto& file : std::filesystem::directory_iterator(directory_.path())) {
    const std::string name = file.path().filename();
    if (name.ends_with("-shm") || name.ends_with(".lock")) continue;  // nobody runs
    std::ifstream content(file.path(), std::ios::binary);
    disk.set_content("/box/" + name, {std::istreambuf_iterator<char>(content), {}});
  }
  return inspect(disk, promises);
}

}  // namespace yijuan::fault
