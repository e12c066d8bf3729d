#include "io/files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "io/descriptor.hpp"
#include "io/errc.hpp"

namespace yijuan {
namespace {

Result<void> sync_directory(const std::filesystem::path& file) {
  return sync_folder(file.parent_path().empty() ? "." : file.parent_path());
}

Result<void> write_and_sync(const std::filesystem::path& path, int flags, std::string_view content,
                            unsigned mode) {
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | flags, mode));
  if (!file.valid()) {
    const IoErrc code = errno == EEXIST ? IoErrc::exists : IoErrc::cannot_open;
    return io_error(code, path.string(), errno);
  }
  // The mode asked for, whatever the umask takes away or a file from before had.
  if (fchmod(file.get(), mode) != 0) return io_error(IoErrc::failed, path.string(), errno);
  while (!content.empty()) {
    const ssize_t count = ::write(file.get(), content.data(), content.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return io_error(IoErrc::failed, path.string(), errno);
    content.remove_prefix(static_cast<std::size_t>(count));
  }
  if (fsync(file.get()) != 0) return io_error(IoErrc::failed, path.string(), errno);
  return {};
}

}  // namespace

Result<void> sync_folder(const std::filesystem::path& folder) {
  const Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!opened.valid() || fsync(opened.get()) != 0) {
    return io_error(IoErrc::failed, folder.string(), errno);
  }
  return {};
}

Result<std::string> read_file(const std::filesystem::path& path, std::size_t most) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid()) return io_error(IoErrc::cannot_open, path.string(), errno);
  std::string content;
  while (content.size() <= most) {
    const std::size_t have = content.size();
    content.resize(have + 65536);
    const ssize_t count = ::read(file.get(), content.data() + have, 65536);
    content.resize(have + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return io_error(IoErrc::failed, path.string(), errno);
    if (count == 0) return content;
  }
  return Error(IoErrc::failed, fmt::format("{}: larger than {} bytes", path.string(), most));
}

Result<void> write_file_atomically(const std::filesystem::path& path, std::string_view content,
                                   unsigned mode) {
  std::filesystem::path next = path;
  next += ".new";
  auto written = write_and_sync(next, O_TRUNC, content, mode);
  if (!written) return written;
  if (::rename(next.c_str(), path.c_str()) != 0) {
    return io_error(IoErrc::failed, path.string(), errno);
  }
  return sync_directory(path);
}

Result<void> create_file(const std::filesystem::path& path, std::string_view content,
                         unsigned mode) {
  auto written = write_and_sync(path, O_EXCL, content, mode);
  if (!written) return written;
  return sync_directory(path);
}

Result<void> settle_file(const std::filesystem::path& path) {
  const Descriptor file(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  if (!file.valid() && errno == ENOENT) return {};
  if (!file.valid() || ::fdatasync(file.get()) != 0) {
    return Error(IoErrc::cannot_open, fmt::format("{}: {}", path.string(), std::strerror(errno)));
  }
  ::posix_fadvise(file.get(), 0, 0, POSIX_FADV_DONTNEED);
  return {};
}

Result<void> rename_durably(const std::filesystem::path& from, const std::filesystem::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return io_error(IoErrc::failed, to.string(), errno);
  return sync_directory(to);
}

Result<bool> remove_file(const std::filesystem::path& path) {
  if (::unlink(path.c_str()) != 0) {
    if (errno == ENOENT) return false;
    return io_error(IoErrc::failed, path.string(), errno);
  }
  auto synced = sync_directory(path);
  if (!synced) return synced.error();
  return true;
}

}  // namespace yijuan
