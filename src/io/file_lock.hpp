// One daemon per data directory: an flock that the kernel releases when the process ends, however
// it ends. The file holds the holder's process id, for people.
#pragma once

#include <filesystem>

#include "base/result.hpp"
#include "io/descriptor.hpp"

namespace yijuan {

class FileLock {
 public:
  /// Of the folder's owner alone: anyone else, root too, would leave files there that its daemon
  /// cannot open (IoErrc::not_owner says as whom to run). IoErrc::locked says which process holds
  /// it. Does not wait.
  static Result<FileLock> acquire(const std::filesystem::path& path);

 private:
  explicit FileLock(Descriptor file) : file_(std::move(file)) {}
  Descriptor file_;
};

}  // namespace yijuan
