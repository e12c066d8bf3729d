#include "sync/stick.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include "io/descriptor.hpp"
#include "io/errc.hpp"
#include "tlog/plain_text.hpp"

namespace yijuan::sync {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kEnding = ".batch";
constexpr std::size_t kDigits = 12;

Error failed(const fs::path& path, std::string_view what) {
  return {IoErrc::failed, fmt::format("{}: {}", shown_name(path.string()), what)};
}

}  // namespace

std::string shown_name(std::string_view name) {
  return tlog::plain_text(name, 200);
}

std::string batch_file_name(Seq first) {
  return fmt::format("{:0{}}{}", first, kDigits, kEnding);
}

std::optional<Seq> parse_batch_file_name(std::string_view name) {
  if (name.size() != kDigits + kEnding.size() || !name.ends_with(kEnding)) return std::nullopt;
  Seq first = 0;
  for (const char c : name.substr(0, kDigits)) {
    if (c < '0' || c > '9') return std::nullopt;
    first = first * 10 + static_cast<Seq>(c - '0');
  }
  return first;
}

Result<std::string> read_stick_file(const fs::path& path, std::size_t most) {
  // Without O_NONBLOCK a pipe of that name would hold the command for ever.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!file.valid()) {
    return Error(IoErrc::cannot_open,
                 fmt::format("{}: {}", shown_name(path.string()), std::strerror(errno)));
  }
  struct stat about{};
  if (::fstat(file.get(), &about) != 0 || !S_ISREG(about.st_mode)) {
    return failed(path, "not a regular file");
  }
  if (static_cast<std::uint64_t>(about.st_size) > most) return failed(path, "too large");
  std::string content;
  std::string piece(std::size_t{64} * 1024, '\0');
  while (content.size() <= most) {
    const ssize_t count = ::read(file.get(), piece.data(), piece.size());
    if (count < 0) return failed(path, std::strerror(errno));
    if (count == 0) return content;
    content.append(piece, 0, static_cast<std::size_t>(count));
  }
  return failed(path, "too large");
}

Result<std::vector<std::string>> stick_names(const fs::path& folder) {
  struct Close {
    void operator()(DIR* open) const { ::closedir(open); }
  };
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (descriptor < 0) {
    return Error(IoErrc::cannot_open,
                 fmt::format("{}: {}", shown_name(folder.string()), std::strerror(errno)));
  }
  const std::unique_ptr<DIR, Close> open(::fdopendir(descriptor));
  if (!open) return failed(folder, "cannot be read");
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(open.get())) {
    const std::string name = static_cast<const char*>(entry->d_name);
    if (name == "." || name == "..") continue;
    if (names.size() == kMostStickFiles) return failed(folder, "too many files");
    names.push_back(name);
  }
  std::ranges::sort(names);
  return names;
}

Result<void> make_stick_folder(const fs::path& stick, const fs::path& path) {
  fs::path folder = stick;
  for (const fs::path& part : path.lexically_relative(stick)) {
    folder /= part;
    if (::mkdir(folder.c_str(), 0755) != 0 && errno != EEXIST) {
      return failed(folder, std::strerror(errno));
    }
    struct stat about{};
    if (::lstat(folder.c_str(), &about) != 0 || !S_ISDIR(about.st_mode)) {
      return failed(folder, "not a folder of the stick");
    }
  }
  return {};
}

}  // namespace yijuan::sync
