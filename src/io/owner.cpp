#include "io/owner.hpp"

#include <fmt/format.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "io/errc.hpp"

namespace yijuan {

std::string user_name(uid_t uid) {
  std::array<char, 4096> buffer;
  passwd entry{};
  passwd* found = nullptr;
  if (getpwuid_r(uid, &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr) {
    return found->pw_name;
  }
  return std::to_string(uid);
}

Result<void> expect_own_folder(const std::filesystem::path& folder) {
  struct stat status{};
  if (::stat(folder.c_str(), &status) != 0) {
    if (errno == ENOENT) return {};
    return io_error(IoErrc::cannot_open, folder.string(), errno);
  }
  if (status.st_uid == geteuid()) return {};
  const std::string user = user_name(status.st_uid);
  return Error(IoErrc::not_owner,
               fmt::format("{} is {}'s; run as that user: sudo -u {} {} …", folder.string(), user,
                           user, program_invocation_short_name));
}

}  // namespace yijuan
