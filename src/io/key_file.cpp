#include "io/key_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>

#include "io/descriptor.hpp"
#include "io/errc.hpp"
#include "io/files.hpp"

namespace yijuan {
namespace {

constexpr std::size_t kLargestKey = 16UL * 1024;

}  // namespace

Result<Bytes> read_key_file(const std::filesystem::path& path) {
  // The mode is asked of the opened file, so that it cannot be swapped in between.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status{};
  if (!file.valid() || fstat(file.get(), &status) != 0) {
    return io_error(IoErrc::cannot_open, path.string(), errno);
  }
  if (!S_ISREG(status.st_mode)) {
    return Error(IoErrc::cannot_open, fmt::format("{}: not a plain file", path.string()));
  }
  if ((status.st_mode & 077) != 0) {
    return Error(IoErrc::unsafe_key,
                 fmt::format("{} has mode {:04o}; run: chmod 600 {}", path.string(),
                             status.st_mode & 07777, path.string()));
  }
  Bytes key(kLargestKey);
  std::size_t size = 0;
  while (size < key.size()) {
    const ssize_t count = ::read(file.get(), key.data() + size, key.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return io_error(IoErrc::failed, path.string(), errno);
    if (count == 0) break;
    size += static_cast<std::size_t>(count);
  }
  key.resize(size);
  return key;
}

Result<void> create_key_file(const std::filesystem::path& path, BytesView key) {
  return create_file(path, as_text(key), 0600);
}

}  // namespace yijuan
