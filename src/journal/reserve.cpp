#include "journal/reserve.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>

#include "io/descriptor.hpp"
#include "journal/errc.hpp"

namespace yijuan::journal {

Result<void> Reserve::fill() {
  if (bytes_ == 0) return {};
  struct stat info{};
  if (::stat(path_.c_str(), &info) == 0 && static_cast<std::uint64_t>(info.st_size) >= bytes_) {
    given_up_ = false;
    return {};
  }
  const Descriptor file(::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!file.valid()) return Error(JournalErrc::cannot_open, path_);
  // Twice the room: the reserve must not be what fills the disk the next moment.
  struct statvfs disk{};
  const bool room = ::fstatvfs(file.get(), &disk) == 0 &&
                    std::uint64_t{disk.f_bavail} * disk.f_frsize >= 2 * bytes_;
  const int failed = room ? ::posix_fallocate(file.get(), 0, static_cast<off_t>(bytes_)) : ENOSPC;
  if (failed != 0) {
    ::unlink(path_.c_str());
    given_up_ = true;
    return Error(failed == ENOSPC ? JournalErrc::disk_full : JournalErrc::write_failed, path_);
  }
  if (::fsync(file.get()) != 0) return Error(JournalErrc::write_failed, path_);
  given_up_ = false;
  return {};
}

bool Reserve::give_up() {
  given_up_ = true;
  return ::unlink(path_.c_str()) == 0;
}

}  // namespace yijuan::journal
