// Errors of sync/.
#pragma once

#include <system_error>

namespace yijuan {

enum class SyncErrc {
  bad_batch = 1,
  bad_heartbeat,
  bad_reply,
  bad_request,   // of enrolment
  keys_exist,    // of this box; they are made once
  bad_identity,  // the answer to it
  bad_epoch,     // a certificate of a new log
  office_forked,
};
std::error_code make_error_code(SyncErrc code);

}  // namespace yijuan

template <>
struct std::is_error_code_enum<yijuan::SyncErrc> : std::true_type {};
