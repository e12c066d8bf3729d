#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "io/descriptor.hpp"
#include "io/errc.hpp"
#include "io/file_lock.hpp"
#include "io/files.hpp"
#include "journal/disk.hpp"
#include "journal/errc.hpp"

namespace yijuan::journal {
namespace {

Error system_error(JournalErrc code, const std::string& path) {
  return {code, fmt::format("{}: {}", path, std::strerror(errno))};
}

Result<void> sync_path(const std::string& path, int flags) {
  const Descriptor file(::open(path.c_str(), flags | O_CLOEXEC));
  if (file.valid() && ::fsync(file.get()) == 0) return {};
  return system_error(JournalErrc::write_failed, path);
}

class SystemDisk final : public Disk {
 public:
  Result<std::shared_ptr<void>> lock(const std::string& path) override {
    auto lock = FileLock::acquire(path);
    if (lock) return std::shared_ptr<void>(std::make_shared<FileLock>(std::move(*lock)));
    const bool held = lock.error() == make_error_code(IoErrc::locked);
    return Error(held ? JournalErrc::in_use : JournalErrc::cannot_open, lock.error().message());
  }

  Result<std::optional<std::uint64_t>> size(const std::string& path) override {
    struct stat info{};
    if (::stat(path.c_str(), &info) == 0) {
      return std::optional(static_cast<std::uint64_t>(info.st_size));
    }
    if (errno == ENOENT) return std::optional<std::uint64_t>();
    return system_error(JournalErrc::cannot_open, path);
  }

  Result<std::string> read(const std::string& path, std::uint64_t offset,
                           std::size_t bytes) override {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.valid() && errno == ENOENT) return std::string();
    std::string read(bytes, '\0');
    std::size_t got = 0;
    while (file.valid() && got < bytes) {
      const ssize_t count =
          ::pread(file.get(), read.data() + got, bytes - got, static_cast<off_t>(offset + got));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return system_error(JournalErrc::cannot_open, path);
      if (count == 0) break;
      got += static_cast<std::size_t>(count);
    }
    if (!file.valid()) return system_error(JournalErrc::cannot_open, path);
    read.resize(got);
    return read;
  }

  bool remove(const std::string& path) override {
    return ::unlink(path.c_str()) == 0 || errno == ENOENT;
  }

  Result<void> rename(const std::string& from, const std::string& to) override {
    if (::rename(from.c_str(), to.c_str()) == 0) return {};
    return system_error(JournalErrc::write_failed, to);
  }

  Result<void> sync(const std::string& path) override { return sync_path(path, O_RDWR); }

  Result<void> sync_folder(const std::string& path) override {
    const auto folder = std::filesystem::path(path).parent_path();
    return sync_path(folder.empty() ? "." : folder.string(), O_RDONLY | O_DIRECTORY);
  }

  Result<void> settle(const std::string& path) override {
    auto settled = settle_file(path);
    if (!settled) return Error(JournalErrc::cannot_open, settled.error().detail());
    return {};
  }

  Result<void> reserve(const std::string& path, std::uint64_t bytes) override {
    const Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!file.valid()) return system_error(JournalErrc::cannot_open, path);
    struct statvfs disk{};
    const bool room = ::fstatvfs(file.get(), &disk) == 0 &&
                      std::uint64_t{disk.f_bavail} * disk.f_frsize >= 2 * bytes;
    const int failed = room ? ::posix_fallocate(file.get(), 0, static_cast<off_t>(bytes)) : ENOSPC;
    if (failed != 0) {
      ::unlink(path.c_str());
      return Error(failed == ENOSPC ? JournalErrc::disk_full : JournalErrc::write_failed, path);
    }
    if (::fsync(file.get()) != 0) return system_error(JournalErrc::write_failed, path);
    return {};
  }
};

}  // namespace

Disk& system_disk() {
  static SystemDisk disk;
  return disk;
}

}  // namespace yijuan::journal
