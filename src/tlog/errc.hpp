// Errors of tlog/: bytes that came from outside and are not what they must be.
#pragma once

#include <system_error>

namespace yijuan {

enum class TlogErrc {
  bad_line = 1,
  bad_key,
  bad_note,
  not_signed,
  bad_signature,
  bad_checkpoint,
  wrong_origin,
  bad_proof,
  bad_frontier,
  bad_tile,
};
std::error_code make_error_code(TlogErrc code);

}  // namespace yijuan

template <>
struct std::is_error_code_enum<yijuan::TlogErrc> : std::true_type {};
