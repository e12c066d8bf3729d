// The gift flow in a process of its own, on real files, to be ended by whatever a test does to it.
// What it promised until then stands in memory that this process shares.
#pragma once

#include <sys/types.h>

#include <array>
#include <atomic>
#include <functional>

#include "tests/fault/aftermath.hpp"
#include "tests/support/temporary_directory.hpp"

namespace yijuan::fault {

class ChildFlow {
 public:
  ChildFlow();
  ~ChildFlow();
  ChildFlow(const ChildFlow&) = delete;
  ChildFlow& operator=(const ChildFlow&) = delete;

  /// A process that calls `first`, then lives the flow on an empty disk, then calls `last`. It
  /// exits with 0 if it came to its end, 1 if the box noticed that something failed, and 2 more if
  /// `last` is true.
  pid_t start(
      const std::function<void()>& first, const std::function<bool()>& last = [] { return false; });
  /// What it left. Call when it is gone.
  [[nodiscard]] Aftermath look_after() const;

 private:
  struct Slot {
    std::size_t acknowledged = 0, coins = 0, snapshots = 0;
    std::array<std::pair<Seq, Hash>, 64> entry;
    std::array<std::pair<int, std::int64_t>, 16> coin;
    std::array<Hash, 8> snapshot;
    bool broken = false;
  };
  struct Shared {
    std::atomic<int> newest;  // of the slots: the other one may be half written
    std::array<Slot, 2> slots;
  };
  [[noreturn]] void live(const std::function<void()>& first, const std::function<bool()>& last);
  /// Without allocating: there may be nothing left to allocate.
  void tell(const Promises& promises) noexcept;

  // The process ends, not the system: nothing here needs a disk.
  test::TemporaryDirectory directory_{std::filesystem::exists("/dev/shm") ? "/dev/shm" : "/tmp"};
  Shared* shared_;
};

}  // namespace yijuan::fault
