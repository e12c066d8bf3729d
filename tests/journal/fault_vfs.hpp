// A file layer for SQLite that stands on the system's own, knows what was synced, and fails where
// a test says: the nth write or sync, once or for ever. After a power cut the files hold what was
// synced and an arbitrary part of the rest, torn at 4096 bytes, in any order.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace yijuan::test {

enum class FileOperation { write, sync, truncate };

class FaultVfs {
 public:
  /// What the operation gives: 0 does it; an SQLite error code fails it.
  using Plan = std::function<int(FileOperation operation, const std::string& path)>;

  FaultVfs();
  ~FaultVfs();
  FaultVfs(const FaultVfs&) = delete;
  FaultVfs& operator=(const FaultVfs&) = delete;

  [[nodiscard]] const char* name() const { return name_.c_str(); }
  void plan(Plan plan);
  /// Operations since the last call.
  struct Counts {
    int writes = 0;
    int syncs = 0;
  };
  Counts take_counts();

  /// Gives the files the content that a disk may hold after the cut: what was synced, and of each
  /// later write what `seed` says (0: nothing). Call when all connections are closed.
  void leave_disk(std::uint64_t seed);

  // For the methods that SQLite calls.
  struct Write {
    std::int64_t offset;
    std::string bytes;    // of a truncation: none,
    bool shrink = false;  // and `offset` is the new size
  };
  struct File {
    std::string durable;
    std::vector<Write> later;
  };
  int before(FileOperation operation, const std::string& path);
  void opened(const std::string& path);
  void wrote(const std::string& path, Write write);
  void synced(const std::string& path);

 private:
  std::mutex mutex_;  // the journal's thread writes, the test's reads
  std::string name_;
  Plan plan_;
  Counts counts_;
  std::map<std::string, File> files_;
};

}  // namespace yijuan::test
