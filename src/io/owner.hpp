// Whose a daemon's folder is. What another user makes in it, root too, the daemon cannot open
// later.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>

#include "base/result.hpp"

namespace yijuan {

/// Login name, or the number where there is none.
std::string user_name(uid_t uid);

/// IoErrc::not_owner, with the user to run as, if `folder` is another user's; a folder that is not
/// there is nobody's.
Result<void> expect_own_folder(const std::filesystem::path& folder);

}  // namespace yijuan
