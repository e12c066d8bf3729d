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

/// The stable word of a DeviceState for a connection that ended by `error`.
const char* state_code(const std::error_code& error);
/// Somebody must change the device first: it is asked again less often.
bool is_refused(const std::error_code& error);

}  // namespace yijuan::cctalk

template <>
struct std::is_error_code_enum<yijuan::cctalk::CctalkErrc> : std::true_type {};
