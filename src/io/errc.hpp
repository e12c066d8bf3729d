// Errors of io/.
#pragma once

#include <boost/system/error_code.hpp>
#include <string>
#include <string_view>
#include <system_error>

#include "base/error.hpp"

namespace yijuan {

enum class IoErrc {
  closed = 1,     // the other end is gone: unplugged, hung up
  cannot_open,    // no such device or file, no permission, no answer
  failed,         // reading or writing failed
  full,           // no space left
  locked,         // another process holds the lock
  bad_name,       // not a stream name
  unsafe_key,     // a key file that others can read
  exists,         // would overwrite
  bad_recording,  // a recording that cannot be read
  not_owner,      // a folder of another user
  differs,        // a replayed device met another dialogue than the recorded one
};
std::error_code make_error_code(IoErrc code);

/// What the system said: `what` is the operation and the place, for people. "Operation aborted" is
/// AsyncErrc::cancelled.
Error io_error(IoErrc code, std::string_view what, const boost::system::error_code& reason);
Error io_error(IoErrc code, std::string_view what, int reason);

}  // namespace yijuan

template <>
struct std::is_error_code_enum<yijuan::IoErrc> : std::true_type {};
