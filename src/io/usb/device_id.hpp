// What a printer calls itself: the text of IEEE 1284 that GET_DEVICE_ID answers,
// "MFG:XPRINTER;MDL:XP-58;CMD:ESC/POS;SN:0001;". Pure, fuzzed.
#pragma once

#include <string>

#include "base/bytes.hpp"

namespace yijuan::usb {

struct DeviceId {
  std::string maker;     // MFG, MANUFACTURER
  std::string model;     // MDL, MODEL
  std::string serial;    // SN, SERN, SERIALNUMBER
  std::string commands;  // CMD, COMMAND SET
  friend bool operator==(const DeviceId&, const DeviceId&) = default;
};

/// `answer`: two bytes of length, high byte first and counting themselves, then the text. Printers
/// are known that count wrongly, or low byte first: what is there is read. Values keep their
/// printable ASCII characters only, at most 64.
DeviceId parse_device_id(BytesView answer);

}  // namespace yijuan::usb
