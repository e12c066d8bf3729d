#include "drivers/cctalk/errc.hpp"

#include <array>

#include "base/error.hpp"

namespace yijuan::cctalk {

std::error_code make_error_code(CctalkErrc code) {
  static constexpr std::array<ErrcLine, 11> kLines = {{
      {static_cast<int>(CctalkErrc::bad_checksum), "the device's reply arrived damaged"},
      {static_cast<int>(CctalkErrc::bad_reply), "the device's reply does not fit the question"},
      {static_cast<int>(CctalkErrc::echo_lost),
       "what was sent did not come back on the wire: check cable, power and pull-up"},
      {static_cast<int>(CctalkErrc::silent), "the device does not answer"},
      {static_cast<int>(CctalkErrc::not_supported), "the device does not know this command"},
      {static_cast<int>(CctalkErrc::busy), "the device is busy"},
      {static_cast<int>(CctalkErrc::wrong_device), "another kind of device answers"},
      {static_cast<int>(CctalkErrc::restarting), "the device restarted"},
      {static_cast<int>(CctalkErrc::counter_broken),
       "the device's event counter cannot be trusted"},
      {static_cast<int>(CctalkErrc::encrypted),
       "the device speaks encrypted ccTalk: set it to plain"},
      {static_cast<int>(CctalkErrc::value_coded),
       "the device reports values instead of coin positions: switch its credit value format off"},
  }};
  static const ErrcCategory category("cctalk", kLines);
  return {static_cast<int>(code), category};
}

const char* state_code(const std::error_code& error) {
  if (error == CctalkErrc::counter_broken) return "counter broken";
  if (error == CctalkErrc::encrypted) return "encrypted";
  if (error == CctalkErrc::value_coded) return "value codes";
  if (error == CctalkErrc::wrong_device) return "wrong device";
  return "offline";
}

bool is_refused(const std::error_code& error) {
  return error == CctalkErrc::encrypted || error == CctalkErrc::value_coded ||
         error == CctalkErrc::wrong_device;
}

}  // namespace yijuan::cctalk
