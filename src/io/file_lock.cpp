#include "io/file_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>

#include <array>
#include <cerrno>

#include "io/errc.hpp"
#include "io/owner.hpp"

namespace yijuan {

Result<FileLock> FileLock::acquire(const std::filesystem::path& path) {
  auto own = expect_own_folder(path.has_parent_path() ? path.parent_path() : ".");
  if (!own) return own.error();
  Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640));
  if (!file.valid()) return io_error(IoErrc::cannot_open, path.string(), errno);
  if (flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return io_error(IoErrc::failed, path.string(), errno);
    std::array<char, 32> holder{};
    const ssize_t size = pread(file.get(), holder.data(), holder.size(), 0);
    std::string_view id(holder.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
    id = id.substr(0, id.find_first_not_of("0123456789"));
    return Error(IoErrc::locked, fmt::format("{} is held by process {}", path.string(), id));
  }
  // The id is for people: without it the lock is as good.
  const std::string id = fmt::format("{}\n", getpid());
  if (ftruncate(file.get(), 0) == 0) {
    [[maybe_unused]] const ssize_t written = pwrite(file.get(), id.data(), id.size(), 0);
  }
  return FileLock(std::move(file));
}

}  // namespace yijuan
