// USB ports as written in a configuration, and what of a device they are compared with. Pure.
//
//   usb:                the only USB printer
//   usb:0416:5011       the only one with these ids (they name the chip's maker, seldom the model)
//   usb:serial=S        by its serial number; many printers share one, or have none
//   usb:path=1-1.2      by the socket that it is plugged into, as the kernel names it
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace yijuan::usb {

/// A device that is plugged in.
struct Seen {
  std::uint8_t bus = 0;
  std::uint8_t address = 0;  // another one after every plugging
  std::uint16_t vendor = 0;
  std::uint16_t product = 0;
  std::string path;  // "1-1.2": bus and sockets
  // Its own strings; empty where it has none or they were not asked for.
  std::string maker{}, model{}, serial{};
};

struct PortName {
  struct Ids {
    std::uint16_t vendor = 0;
    std::uint16_t product = 0;
    friend bool operator==(const Ids&, const Ids&) = default;
  };
  std::optional<Ids> ids;
  std::string serial;
  std::string path;

  [[nodiscard]] bool matches(const Seen& seen) const;
  friend bool operator==(const PortName&, const PortName&) = default;
};

/// `place`: what follows "usb:". IoErrc::bad_name, whose detail says what is wrong.
Result<PortName> parse_port_name(std::string_view place);

/// For people: "0416:5011 XPRINTER XP-58, serial 0001 (usb:path=1-1.2)".
std::string describe(const Seen& seen);
/// All of them; "none" if there is none.
std::string describe(const std::vector<Seen>& seen);

}  // namespace yijuan::usb
