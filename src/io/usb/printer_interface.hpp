// Which of a USB device's interfaces is the printer, and where its bytes go: from its descriptors
// alone, since no endpoint number and no product id can be relied on. Pure, fuzzed.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace yijuan::usb {

struct Endpoint {
  std::uint8_t address = 0;     // bit 7: towards us
  std::uint8_t attributes = 0;  // the low two bits: 2 is bulk
  std::uint16_t packet = 0;     // largest packet
};

/// One alternate setting of one interface, as described by the device.
struct Setting {
  std::uint8_t number = 0;
  std::uint8_t alternate = 0;
  std::uint8_t device_class = 0;
  std::uint8_t subclass = 0;
  std::uint8_t protocol = 0;
  std::vector<Endpoint> endpoints;
};

struct PrinterInterface {
  std::uint8_t number = 0;
  std::uint8_t alternate = 0;
  std::uint8_t out = 0;
  std::optional<std::uint8_t> in;  // cheap printers have none: they cannot answer
  std::uint16_t in_packet = 0;
};

/// Class 7, subclass 1, raw bytes (protocol 1284.4 and IPP wrap them), bulk OUT. One that can
/// answer comes first, then the lower alternate setting: 0 needs no switching.
std::optional<PrinterInterface> find_printer(std::span<const Setting> settings);

}  // namespace yijuan::usb
