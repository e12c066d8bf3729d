// A simulated disk as a file layer of SQLite, registered under a name of its own.
#pragma once

#include <sqlite3.h>

#include <string>

namespace yijuan::test {

class SimDisk;

class SimVfs {
 public:
  explicit SimVfs(SimDisk& disk);
  ~SimVfs();
  SimVfs(const SimVfs&) = delete;
  SimVfs& operator=(const SimVfs&) = delete;
  [[nodiscard]] const char* name() const { return name_.c_str(); }

 private:
  std::string name_;
  sqlite3_vfs layer_{};
};

}  // namespace yijuan::test
