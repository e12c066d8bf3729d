#include "io/usb/printer_interface.hpp"

namespace yijuan::usb {
namespace {

constexpr std::uint8_t kPrinterClass = 7;
constexpr std::uint8_t kPrinterSubclass = 1;
constexpr std::uint8_t kPacketProtocol = 3;  // IEEE 1284.4
constexpr std::uint8_t kIppProtocol = 4;
constexpr std::uint8_t kKind = 3;
constexpr std::uint8_t kBulk = 2;
constexpr std::uint8_t kTowardsUs = 0x80;
constexpr std::uint16_t kPacketBits = 0x7FF;

bool speaks_raw_bytes(const Setting& setting) {
  return setting.device_class == kPrinterClass && setting.subclass == kPrinterSubclass &&
         setting.protocol != kPacketProtocol && setting.protocol != kIppProtocol;
}

std::optional<PrinterInterface> read(const Setting& setting) {
  PrinterInterface found;
  found.number = setting.number;
  found.alternate = setting.alternate;
  for (const Endpoint& endpoint : setting.endpoints) {
    const auto packet = static_cast<std::uint16_t>(endpoint.packet & kPacketBits);
    if ((endpoint.attributes & kKind) != kBulk || packet == 0) continue;
    if ((endpoint.address & kTowardsUs) != 0) {
      if (found.in) continue;
      found.in = endpoint.address;
      found.in_packet = packet;
    } else if (found.out == 0) {
      found.out = endpoint.address;
    }
  }
  if (found.out == 0) return std::nullopt;
  return found;
}

bool better(const PrinterInterface& a, const PrinterInterface& b) {
  if (a.in.has_value() != b.in.has_value()) return a.in.has_value();
  return a.alternate < b.alternate;
}

}  // namespace

std::optional<PrinterInterface> find_printer(std::span<const Setting> settings) {
  std::optional<PrinterInterface> best;
  for (const Setting& setting : settings) {
    if (!speaks_raw_bytes(setting)) continue;
    const auto found = read(setting);
    if (found && (!best || better(*found, *best))) best = found;
  }
  return best;
}

}  // namespace yijuan::usb
