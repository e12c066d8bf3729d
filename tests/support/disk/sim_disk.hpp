// The disk of one machine, in memory: it knows what is durable and what is only written, counts
// every call, and fails, lies or loses its power where its plan says. It is the journal's disk and,
// under the name vfs(), SQLite's file layer, so a journal or a ledger's store runs on it unchanged.
//
// Names are made durable by sync_folder(), in the order in which they were changed, as on a file
// system with a journal of its own; a WAL's first sync syncs its folder, as SQLite's unix layer
// does. No clock, no thread of its own, and no choice but by the Random that it is given; any
// thread may call it. What a process had open when it ended or the power went is dead for ever:
// every call fails, and changes nothing.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <vector>

#include "journal/disk.hpp"
#include "tests/support/disk/disk_call.hpp"
#include "tests/support/disk/sim_file.hpp"
#include "tests/support/disk/sim_locks.hpp"

namespace yijuan::test {

class SimVfs;

class SimDisk final : public journal::Disk {
 public:
  struct Options {
    /// What reaches the disk whole or not at all. 0: 512 or 4096 bytes, another time another.
    std::size_t sector = 0;
    std::uint64_t capacity = std::uint64_t{1} << 40;
  };
  SimDisk() : SimDisk(Options()) {}
  explicit SimDisk(Options options);
  ~SimDisk() override;
  SimDisk(const SimDisk&) = delete;
  SimDisk& operator=(const SimDisk&) = delete;

  /// What SQLite calls this disk.
  [[nodiscard]] const char* vfs() const;

  // Faults.
  void plan(DiskPlan plan);
  /// The `n`th call of this kind from now fails, once.
  void fail_next(DiskOperation operation, std::uint64_t n = 1) {
    plan(fault_at(n, DiskFault::fail, Lasts::once, of(operation)));
  }
  void set_capacity(std::uint64_t bytes);
  /// Whether the plan's fault befell a call, and which one first.
  [[nodiscard]] std::optional<DiskCall> struck() const;
  /// Calls since the last take_calls().
  std::vector<DiskCall> take_calls();
  /// Of those; all without `calls`.
  [[nodiscard]] std::size_t count(const DiskCalls& calls) const;

  // Ends. The plan ends too.
  /// The process is gone; the system still has what it wrote.
  void end_process();
  /// The power is gone, and back. Of what was not synced any part is there,
  void power_cut(Random& random);
  /// or nothing.
  void power_cut();
  /// Another disk with the same content, in memory and on the disk: one of the ends can be tried on
  /// each.
  [[nodiscard]] std::unique_ptr<SimDisk> copy() const;

  // Its content, for tests.
  /// Nothing that is read or done from now on tells them apart; false where that is not known.
  [[nodiscard]] bool equals(const SimDisk& other) const;
  [[nodiscard]] std::vector<std::string> files() const;
  /// Empty if there is no such file.
  [[nodiscard]] std::string content(const std::string& path) const;
  void set_content(const std::string& path, std::string content);

  // journal::Disk
  Result<std::shared_ptr<void>> lock(const std::string& path) override;
  Result<std::optional<std::uint64_t>> size(const std::string& path) override;
  Result<std::string> read(const std::string& path, std::uint64_t offset,
                           std::size_t bytes) override;
  bool remove(const std::string& path) override;
  Result<void> rename(const std::string& from, const std::string& to) override;
  Result<void> sync(const std::string& path) override;
  Result<void> sync_folder(const std::string& path) override;
  Result<void> settle(const std::string& path) override;
  Result<void> reserve(const std::string& path, std::uint64_t bytes) override;

  // For SQLite's file layer (sim_vfs.cpp): what a connection has open, and the calls on it. All
  // return SQLite's codes.
  struct Open {
    std::string path;
    std::shared_ptr<SimFile> file;
    std::shared_ptr<SimLocks> locks;
    SimLockHolder holder;
    std::uint64_t life = 0;
    bool folder_unsynced = false;
  };
  int open_file(const char* path, int flags, Open& open);
  void close_file(Open& open);
  int read_file(Open& open, void* into, std::size_t bytes, std::size_t offset);
  int write_file(Open& open, std::string_view bytes, std::size_t offset);
  int truncate_file(Open& open, std::size_t size);
  int sync_file(Open& open);
  int size_of(Open& open, std::uint64_t& size);
  int lock_file(Open& open, int level);
  void unlock_file(Open& open, int level);
  int map(Open& open, std::size_t region, std::size_t bytes, bool extend, void*& memory);
  int lock_index(Open& open, unsigned first, unsigned count, int flags);
  void unmap(Open& open);
  int remove_file(const std::string& path, bool sync);
  int exists(const std::string& path, bool& is);

 private:
  using Names = std::map<std::string, std::shared_ptr<SimFile>>;
  /// One step of the folder's history: these names now are these files, or nothing.
  using NameChange = std::vector<std::pair<std::string, std::shared_ptr<SimFile>>>;

  DiskFault before(DiskOperation operation, const std::string& path, std::size_t offset = 0,
                   std::size_t bytes = 0);
  [[nodiscard]] bool dead(const Open& open) const { return off_ || open.life != life_; }
  [[nodiscard]] std::uint64_t used() const;
  [[nodiscard]] bool has_room(const SimFile& file, std::size_t end) const;
  void change_names(NameChange change);
  static std::string read_content(const SimFile& file, std::size_t offset, std::size_t bytes,
                                  DiskFault fault);
  DiskFault sync_names(const std::string& path);
  DiskFault sync_content(const std::string& path, SimFile& file);
  std::shared_ptr<SimLocks> locks_of(const SimFile* file);
  void begin_life();
  [[nodiscard]] std::set<SimFile*> all_files() const;

  const Options options_;
  mutable std::mutex mutex_;
  std::uint64_t capacity_;
  Names names_, durable_names_;
  std::vector<NameChange> name_changes_;  // not synced
  std::map<const SimFile*, std::shared_ptr<SimLocks>> locks_;
  std::map<std::string, std::weak_ptr<void>> held_;  // lock()
  DiskPlan plan_;
  std::optional<DiskCall> struck_;
  std::vector<DiskCall> calls_;
  std::uint64_t life_ = 1;
  bool off_ = false;
  std::unique_ptr<SimVfs> vfs_;
};

}  // namespace yijuan::test
