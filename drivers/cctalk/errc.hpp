// Errors of the ccTalk driver. All are ordinary on a wire: the caller asks again.
#pragma once

#include <system_error>

namespace yijuan::cctalk {

enum class CctalkErrc {
  bad_checksum = 1,
  bad_reply,
  echo_lost,
  silent,
  not_supported,
  busy,
  wrong_device,
  restarting,
  counter_broken,
  encrypted,
  value_coded,
};
std::error_code make_error_code(CctalkErrc code);

}  // namespace yijuan::cctalk

template <>
struct std::is_error_code_enum<yijuan::cctalk::CctalkErrc> : std::true_type {};
